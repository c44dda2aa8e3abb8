"""Pressing the buttons of the console: each is a form that says what to do in a field."""

import html
import re

from werkzeug.test import TestResponse

from tests.mock_athena.web.portal.visitor import Visitor


def press(visitor: Visitor, do: str, typed: dict[str, str] | None = None, **hidden: str) -> TestResponse:
    """Press the button of the page that does ``do`` and carries these hidden fields, after filling in its form."""
    wanted = {"do": do, **hidden}
    found = [form for form in visitor.forms() if wanted.items() <= form.fields.items()]
    assert found, f"no button for {wanted} in {[form.fields for form in visitor.forms()]}"
    return visitor.send(found[0], {**found[0].fields, **(typed or {})})


def words(page: TestResponse) -> str:
    """What the page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1])).split())
