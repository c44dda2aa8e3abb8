"""Variables that pages name are variables that there are; ``docs/reference/settings.md`` is made from their table."""

import re
from dataclasses import fields

from mock_athena.settings import ENVIRONMENT_PREFIX, Settings, environment_name
from tests.docs.blocks import pages


def test_no_page_names_a_variable_that_does_not_exist() -> None:
    known = {environment_name(knob.name) for knob in fields(Settings)}
    for page in pages():
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]+\b", text))
        # A page may show what happens to a mistyped name.
        mistyped = set(re.findall(r"unknown setting (\w+)", text))
        assert named <= known | mistyped, page
