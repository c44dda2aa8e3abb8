"""A person at a browser, reduced to what a sign-in needs: the forms of a page, filled in and sent.

It knows no server's pages. A form with a password is filled with who signs in; of other forms the first whose button
does not cancel is sent as it came; and of what is offered to be chosen the first is taken.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

_REFUSING = ("deny", "cancel", "decline", "reject", "refuse", "abort", "no")


@dataclass(slots=True)
class Form:
    """A form of a page.

    Attributes:
        action: absolute URL.
        method: ``get`` or ``post``.
        fields: names and values that a browser would send: hidden and prefilled ones, ticked boxes.
        buttons: names and values of its submit buttons, in their order; an unnamed one is ``("", "")``.
        passwords: names of its password fields.
        texts: names of its text fields.
    """

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)

    def filled(self, user: str, password: str, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """What is sent: user name and password where they are asked for, and the button that goes on.

        Args:
            user: goes into the text field before the password.
            password: goes into the password field.
            without: boxes whose names end like one of these are unticked.
        """
        replaced = {*self.passwords, *(self.texts[:1] if self.passwords else ())}
        kept = [
            (name, value)
            for name, value in self.fields
            if name not in replaced and not (name in self.boxes and name.endswith(without or ("\0",)))
        ]
        entered = [(name, password) for name in self.passwords]
        if self.passwords:
            entered += [(name, user) for name in self.texts[:1]]
        return kept + entered + [button for button in self.onward[:1] if button[0]]

    @property
    def onward(self) -> list[tuple[str, str]]:
        """The buttons that do not cancel."""
        return [button for button in self.buttons if button[1].lower() not in _REFUSING]


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.forms = url, list[Form]()
        self._open = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.url, given.get("action", "")) or self.url
            self.forms.append(Form(action, given.get("method", "get").lower()))
            self._open = True
        elif self._open and "disabled" not in given:
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], given.get("name", ""), given.get("type", "").lower()
        if (tag == "button" and kind in ("", "submit")) or (tag == "input" and kind in ("submit", "image")):
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name:
            self._input(form, name, kind, given)
        elif tag == "textarea" and name:
            form.fields.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and self._select not in dict(form.fields):
            form.fields.append((self._select, given.get("value", "")))

    def _input(self, form: Form, name: str, kind: str, given: dict[str, str]) -> None:
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                form.boxes.append(name)
                form.fields.append((name, given.get("value", "on")))
            elif kind == "radio" and name not in dict(form.fields):
                form.fields.append((name, given.get("value", "on")))
            return
        if kind == "password":
            form.passwords.append(name)
        elif kind in ("", "text", "email"):
            form.texts.append(name)
        if kind not in ("button", "reset", "file"):
            form.fields.append((name, given.get("value", "")))


def forms_of(page: str, url: str) -> list[Form]:
    """The forms of a page that came from ``url``, in their order."""
    reader = _Reader(url)
    reader.feed(page)
    return reader.forms


def next_form(page: str, url: str) -> Form | None:
    """The form that a person who wants to go on sends.

    It is the one with a password; else a POST that goes on: one that leads back to the page before others, which may
    end the session, and of these the one with most to tell.
    """
    forms = forms_of(page, url)
    with_password = [form for form in forms if form.passwords]
    onward = [form for form in forms if form.method == "post" and form.onward]
    here = urlsplit(url).path
    onward.sort(key=lambda form: (urlsplit(form.action).path != here, -len(form.fields)))
    return next(iter(with_password + onward), None)
