"""The forms of an HTML page: what a browser would send of them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """One form: what would be sent, and what can be chosen.

    Attributes:
        fields: of inputs, as filled in; boxes that are not ticked are left out.
        choices: the values of each select. buttons: (name, value) of those that send it.
    """

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._name = ""
        self._is_text = self._is_option = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values["action"], values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form:
            self._within(self._form, tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        self._is_text = self._is_option = False

    def handle_data(self, data: str) -> None:
        if self._form and self._is_text:
            self._form.fields[self._name] = data
        if self._form and self._is_option:
            self._offer(self._form, data.strip())

    def _within(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, value = values.get("name", ""), values.get("value", "")
        match tag:
            case "input" if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                form.fields[name] = value
            case "textarea":
                self._name, self._is_text = name, True
                form.fields[name] = ""
            case "select":
                self._name = name
            case "option" if "value" not in values:
                self._is_option = True  # its text is its value
            case "option":
                self._offer(form, value)
            case "button":
                form.buttons.append((name, value))

    def _offer(self, form: Form, value: str) -> None:
        form.choices.setdefault(self._name, []).append(value)
        form.fields.setdefault(self._name, value)


def forms_of(html: str) -> list[Form]:
    """The forms of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form_with(html: str, name: str, value: str | None = None) -> Form:
    """The first form with a button of that name and value, or a field of that name."""
    for form in forms_of(html):
        if any(button == name and value in (None, sends) for button, sends in form.buttons):
            return form
        if value is None and name in form.fields:
            return form
    raise AssertionError(f"no form with {name}={value} in: {html}")
