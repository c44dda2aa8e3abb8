"""What is written down of an exchange has no secret in it: neither in headers, URLs, forms nor bodies."""

import re
from collections.abc import Iterable

HIDDEN = "[redacted]"

_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_NAMES = (
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "client_assertion",
    "registration_access_token",
    "code",
    "code_verifier",
    "password",
    "token",
    "assertion",
)
_IN_FORM = re.compile(rf"(?<![\w-])({'|'.join(_NAMES)})=[^&\s\"']+")
_IN_JSON = re.compile(rf'("(?:{"|".join(name for name in _NAMES if name not in {"code", "token"})})"\s*:\s*")[^"]*"')
_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_SEARCHES_BY_CODE = re.compile(r"(?<=[?&])code=[^&\s]*")
_AUTHORIZATION_CODE = re.compile(r"[?&](?:state|iss)=")


def text(value: str, secrets: Iterable[str] = ()) -> str:
    """A body or URL without what is secret in it. A search by ``code`` is not a secret, an authorization code is."""
    for secret in secrets:
        value = value.replace(secret, HIDDEN)
    value = _IN_JSON.sub(rf'\g<1>{HIDDEN}"', _JWT.sub(HIDDEN, value))
    return _IN_FORM.sub(rf"\g<1>={HIDDEN}", value)


def url(value: str, secrets: Iterable[str] = ()) -> str:
    """A URL; ``code`` is a search parameter unless the rest says that it came from an authorization server."""
    if _AUTHORIZATION_CODE.search(value):
        return text(value, secrets)
    kept = _SEARCHES_BY_CODE.findall(value)
    hidden = _SEARCHES_BY_CODE.sub("code~", value)
    shown = text(hidden, secrets)
    for each in kept:
        shown = shown.replace("code~", each, 1)
    return shown


def header(name: str, value: str, secrets: Iterable[str] = ()) -> str:
    """A header's value; the scheme of an Authorization stays."""
    if name.lower() in _HEADERS:
        return f"{value.split(' ')[0]} {HIDDEN}" if name.lower() == "authorization" else HIDDEN
    return url(value, secrets)
