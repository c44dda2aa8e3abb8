"""What a person does with the consent page: reads it, chooses, and presses a button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """The form of a page: what would be sent, and what can be chosen."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: set[tuple[str, str]] = field(default_factory=set)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self._select = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        name, value = values.get("name", ""), values.get("value", "")
        match tag:
            case "form":
                self.form.action, self.form.method = values["action"], values["method"].lower()
            case "input" if values.get("type") != "checkbox" or "checked" in values:
                self.form.fields[name] = value
            case "select":
                self._select = name
            case "option":
                self.form.choices.setdefault(self._select, []).append(value)
            case "button":
                self.form.buttons.add((name, value))


def read_form(html: str) -> Form:
    """The one form of a page."""
    reader = _FormReader()
    reader.feed(html)
    return reader.form


def decide(authorize_url: str, *, patient: str = "", decision: str = "allow", without: str = "") -> str:
    """Open the page, sign in as ``patient`` (else whoever comes first), press a button.

    Args:
        without: a scope whose box is unticked.

    Returns:
        The URL that the browser is sent to; nobody needs to listen there.
    """
    page = requests.get(authorize_url, timeout=30)
    assert page.status_code == 200, page.text
    form = read_form(page.text)
    assert ("decision", decision) in form.buttons
    chosen = patient or form.choices["patient"][0]
    assert chosen in form.choices["patient"]
    sent = {name: value for name, value in form.fields.items() if not (without and name.endswith(f" {without}"))}
    sent |= {"patient": chosen, "decision": decision}
    url = urljoin(page.url, form.action)
    answer = requests.request(form.method, url, data=sent, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]
