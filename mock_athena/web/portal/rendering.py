"""How a page is sent: what it may load, who may frame it, who may keep it."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from flask import Response, render_template

from mock_athena._version import __version__
from mock_athena.auth.portal import PORTAL

STYLE_PATH, ICON_PATH = "/portal/portal.css", "/portal/icon.svg"

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
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


def rendered(template: str, status: int = 200, *, leaves: bool = False, **values: object) -> Response:
    """A page.

    Args:
        leaves: a form of the page may lead to an application.
    """
    style, icon = f"{STYLE_PATH}?v={_digest('portal.css')}", f"{ICON_PATH}?v={_digest('icon.svg')}"
    common = {"portal": PORTAL, "version": __version__, "style": style, "icon": icon, "link": link}
    html = render_template(f"portal/{template}", **common, **values)
    headers = {**HEADERS, "Content-Security-Policy": _POLICY if leaves else _POLICY + _STAYS}
    return Response(html, status, headers, mimetype="text/html")


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


def static(name: str, mimetype: str) -> Response:
    """A file of ours, which anybody may keep: its address changes with its content."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_content(name), headers=headers, mimetype=mimetype)


@cache
def _content(name: str) -> bytes:
    return files("mock_athena.web.portal").joinpath(name).read_bytes()


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:12]
