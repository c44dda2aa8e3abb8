"""Who may use the control API.

With ``--control-token``, whoever sends the token. Without it, callers on this machine that are no web page of somebody
else. A page anywhere can make the browser on this machine send a request: what gives it away is ``Origin`` and
``Sec-Fetch-Site`` (https://www.w3.org/TR/fetch-metadata/), or, where it had its own name resolve to this machine,
``Host``. Programs send no such fields, and the Host that they were told to. A proxy on this machine lets in whoever it
likes: most say so.
"""

import hmac
import ipaddress
from urllib.parse import urlsplit

from flask import request

from mock_athena.auth.addresses import same_place
from mock_athena.errors import ControlError, shortened
from mock_athena.settings import Settings
from mock_athena.web.exchange import current_exchange

_OF_PROXIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_OWN_SITES = ("same-origin", "none")  # "none": a person typed the address


def admit(settings: Settings) -> None:
    """Refuse whoever may not control this emulator.

    Raises:
        ControlError: 401 without the token that was set; where none was, 403 from another machine or through a proxy,
            under a name that is not ours, or from a page of another origin.
    """
    if settings.control_token:
        _check_token(settings.control_token, request.headers.get("Authorization", ""))
        return
    exchange = current_exchange()
    if not _is_loopback(exchange.remote):
        raise _not_without_token("answers this machine only", "use it from elsewhere")
    if _came_through_a_stranger(settings):
        told = "answers this machine only, and this came through a proxy that is none of --trusted-proxies"
        raise _not_without_token(told, "use it through one")
    host = request.headers.get("Host")
    # A server always says who the caller is; without that, the application was called in this process, under any name.
    if host and "REMOTE_ADDR" in request.environ:
        # The two differ where a trusted proxy forwards under a name of its own.
        for url in (f"//{host}", exchange.origin):
            _check_name(_name_in(url), settings)
    _check_page(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none"), exchange.origin)


def _came_through_a_stranger(settings: Settings) -> bool:
    believed = request.environ.get("REMOTE_ADDR") in settings.trusted_proxies
    return not believed and any(name in request.headers for name in _OF_PROXIES)


def _check_token(expected: str, sent: str) -> None:
    if not hmac.compare_digest(sent.encode(), f"Bearer {expected}".encode()):
        message = "the control API expects 'Authorization: Bearer' with the token of --control-token"
        raise ControlError(message, status=401, headers=[("WWW-Authenticate", 'Bearer realm="mock-athena control"')])


def _check_name(name: str, settings: Settings) -> None:
    ours = ("localhost", settings.host.lower(), _name_in(settings.external_url))
    if not name or not (name in ours or _is_loopback(name)):
        told = f"is for localhost and the hosts of --host and --external-url, not for Host {shortened(name, 100)!r}"
        raise _not_without_token(told, "use it under any name")


def _check_page(origin: str | None, site: str, ours: str) -> None:
    own = origin is None or same_place(origin, ours) or same_place(origin, request.host_url)
    if not own or site not in _OWN_SITES:
        raise _not_without_token("answers no web page of another origin", "use it from one, through your own server")


def _not_without_token(told: str, purpose: str) -> ControlError:
    return ControlError(f"the control API {told}; start with --control-token to {purpose}", status=403)


def _name_in(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A socket that listens on both families shows an IPv4 caller as ::ffff:127.0.0.1.
    return (getattr(known, "ipv4_mapped", None) or known).is_loopback
