"""How a page is sent: what it may load, who may frame it, who may keep it."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from flask import Response, render_template

from mock_athena._version import __version__
from mock_athena.auth.portal import PORTAL

PACKAGE = "mock_athena.web.portal"
STYLE_PATH, ICON_PATH = "/portal/portal.css", "/portal/icon.svg"

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_SCRIPTS = "; script-src 'self'; connect-src 'self'"
# Browsers hold form-action against wherever a form is redirected to, even by the application behind it
# (https://github.com/w3c/webappsec-csp/issues/8): a page from which somebody leaves for an application cannot say it.
_STAYS = "; form-action 'self'"

HEADERS = {
    "X-Frame-Options": "DENY",
    # With no-referrer a browser would not say which site posted a form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Vary": "Cookie",
}


def rendered(
    template: str, values: Mapping[str, object], status: int = 200, *, leaves: bool = False, scripts: bool = False
) -> Response:
    """A page.

    Args:
        values: what its template is told. leaves: a form of the page may lead to an application. scripts: it may run
            those of ours.
    """
    style, icon = versioned(STYLE_PATH, PACKAGE, "portal.css"), versioned(ICON_PATH, PACKAGE, "icon.svg")
    common = {"portal": PORTAL, "version": __version__, "style": style, "icon": icon, "link": link}
    html = render_template(template, **common, **values)
    policy = _POLICY + (_SCRIPTS if scripts else "") + ("" if leaves else _STAYS)
    return Response(html, status, {**HEADERS, "Content-Security-Policy": policy}, mimetype="text/html")


def link(path: str, *pairs: Iterable[tuple[str, str]]) -> str:
    """An address with these parameters; of two with one name the later one counts."""
    asked = {name: value for some in pairs for name, value in some if value}
    return f"{path}?{urlencode(asked)}" if asked else path


def redirected(location: str, status: int = 303) -> Response:
    """On to another page."""
    headers = {**HEADERS, "Location": location}
    if location.partition("?")[0].startswith("/"):
        return Response(status=status, headers=headers)
    return Response(status=status, headers={**headers, "Referrer-Policy": "no-referrer"})


def static(package: str, name: str, mimetype: str) -> Response:
    """A file of ours, which anybody may keep: its address changes with its content."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_content(package, name), headers=headers, mimetype=mimetype)


def versioned(path: str, package: str, name: str) -> str:
    """The address of such a file."""
    return f"{path}?v={_digest(package, name)}"


@cache
def _content(package: str, name: str) -> bytes:
    return files(package).joinpath(name).read_bytes()


@cache
def _digest(package: str, name: str) -> str:
    return hashlib.sha256(_content(package, name)).hexdigest()[:12]
