"""Which screen a path is: a table, and what every screen goes through."""

from collections.abc import Callable, Mapping
from importlib import import_module

from flask import Response

from mock_athena.errors import ControlError, Refusal, shortened
from mock_athena.web.console.console import PACKAGE, STATIC, Console
from mock_athena.web.portal.pages import welcome
from mock_athena.web.portal.rendering import static

# A screen takes what stands behind its name in the path.
Screen = Callable[[Console, str], Response]

# (module of this room, function), imported when it is opened.
_SCREENS: Mapping[str, tuple[str, str]] = {
    "": ("overview", "overview"),
    "traffic": ("traffic", "traffic"),
    "limits": ("limits", "limits"),
    "clock": ("clock", "clock"),
    "data": ("data", "data"),
    "oauth": ("oauth", "oauth"),
    "exports": ("exports", "exports"),
    "faults": ("faults", "faults"),
    "snapshots": ("snapshots", "snapshots"),
    "reports": ("reports", "reports"),
}


def shown(console: Console, path: str) -> Response:
    """The screen of a path below ``/console/``, or of ``/``."""
    name, _, rest = path.partition("/")
    if name == "static":
        return _static(rest)
    try:
        closed = console.closed()
    except ControlError as refusal:
        # Whoever may not control it can still know that it runs, and where its portal is.
        return welcome(console.portal, refusal.message) if not path else console.portal.refuse(refusal)
    except Refusal as refusal:
        return console.portal.refuse(refusal)
    if closed:
        return closed
    try:
        return _screen(name, path)(console, rest)
    except Refusal as refusal:
        return console.refuse(refusal)


def _screen(name: str, path: str) -> Screen:
    if name not in _SCREENS:
        raise ControlError(f"There is no screen {shortened(path, 100)!r}.", status=404)
    module, function = _SCREENS[name]
    found: Screen = getattr(import_module(f"{PACKAGE}.{module}"), function)
    return found


def _static(name: str) -> Response:
    if name not in STATIC:
        raise ControlError(f"There is no file {shortened(name, 100)!r}.", status=404)
    return static(PACKAGE, f"static/{name}", STATIC[name])
