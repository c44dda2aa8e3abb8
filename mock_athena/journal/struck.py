"""What was said, fit to be shown: with tokens, secrets, codes and cookies struck out."""

import json
import re
import zlib
from collections.abc import Iterable

from mock_athena.journal.bodies import LARGEST, Part
from mock_athena.journal.entry import is_secret, without_secrets

STRUCK = "***"

_CREDENTIALS = ("authorization", "proxy-authorization")
_COOKIES = ("cookie", "set-cookie")
_ADDRESSES = ("location", "content-location", "referer")
_SECRET_FIELD = re.compile(r"token|secret|assertion|password|api-?key", re.IGNORECASE)
# Header and claims of a JSON Web Token begin with {", which is eyJ in base64url.
_TOKEN = re.compile(r"eyJ[\w-]{6,}\.[\w-]*(?:\.[\w-]*)*")
# A name and a text, which may have been cut off.
_MEMBER = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
# Pages of these routes carry codes under names that mean something else in FHIR.
_OF_OAUTH = ("oauth", "portal")
_LONGEST_UNPACKED = 4 * LARGEST


def fields(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Header fields; the names of a WSGI environment become those that were sent."""
    return [(name, _value(name, value)) for name, value in ((_name(each), value) for each, value in pairs)]


def _name(name: str) -> str:
    return name.removeprefix("HTTP_").replace("_", "-").title() if name.isupper() else name


def _value(name: str, value: str) -> str:
    lowered = name.lower()
    if lowered in _CREDENTIALS:
        return f"{value.partition(' ')[0]} {STRUCK}" if " " in value else STRUCK
    if lowered in _COOKIES:
        return re.sub(r"=[^;,]*", f"={STRUCK}", value, count=0 if lowered == "cookie" else 1)
    if _SECRET_FIELD.search(name):
        return STRUCK
    if lowered in _ADDRESSES:
        value = _address(value)
    return _TOKEN.sub(STRUCK, value)


def _address(url: str) -> str:
    parts = re.split(r"([?#])", url)
    return "".join([parts[0], *(without_secrets(part, "oauth") for part in parts[1:])])


def body(part: Part, kind: str, encoding: str, route: str) -> str:
    """The text of a body.

    Args:
        kind: its media type. encoding: its Content-Encoding. route: the class of the route.
    """
    raw = b"".join(part.chunks)
    if encoding == "gzip":
        raw = _unpacked(raw)
    text, route = raw.decode(errors="replace"), "oauth" if route in _OF_OAUTH else route
    if "x-www-form-urlencoded" in kind:
        text = without_secrets(text, route)
    elif "json" in kind:
        text = _MEMBER.sub(lambda found: _member(found, route), text)
    return _TOKEN.sub(STRUCK, text)


def _member(found: re.Match[str], route: str) -> str:
    name, colon = found[1], found[2]
    return f'{name}{colon}"{STRUCK}"' if is_secret(_unquoted(name), route) else found[0]


def _unquoted(name: str) -> str:
    try:
        return str(json.loads(name))
    except ValueError:  # such as a control character
        return name[1:-1]


def _unpacked(raw: bytes) -> bytes:
    """As much as there is of it, within bounds."""
    try:
        return zlib.decompressobj(31).decompress(raw, _LONGEST_UNPACKED)
    except zlib.error:
        return b""
