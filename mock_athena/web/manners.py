"""What the journal keeps, if it was asked to, of a request and its answer that tells how a client behaves.

Of credentials only the scheme is kept, of everything else what no patient's data are in.
"""

from collections.abc import Iterable
from typing import Any

_ASKED = {
    "HTTP_ACCEPT": "Accept",
    "HTTP_ACCEPT_ENCODING": "Accept-Encoding",
    "HTTP_IF_NONE_MATCH": "If-None-Match",
    "HTTP_PREFER": "Prefer",
    "HTTP_RANGE": "Range",
    "HTTP_USER_AGENT": "User-Agent",
}
_ANSWERED = frozenset(("content-location", "content-range", "etag", "location", "retry-after"))
_LONGEST = 200

Fields = tuple[tuple[str, str], ...]


def asked(environ: dict[str, Any]) -> Fields:
    """Of a request."""
    fields = [(name, environ[key][:_LONGEST]) for key, name in _ASKED.items() if environ.get(key)]
    scheme = environ.get("HTTP_AUTHORIZATION", "").partition(" ")[0]
    return (*fields, ("Authorization", scheme[:_LONGEST])) if scheme else tuple(fields)


def answered(headers: Iterable[tuple[str, str]], cursor: str) -> Fields:
    """Of an answer; a location without its query, in which codes may be."""
    fields = [
        (name, (value.partition("?")[0] if "location" in name.lower() else value)[:_LONGEST])
        for name, value in headers
        if name.lower() in _ANSWERED
    ]
    return (*fields, ("next", cursor)) if cursor else tuple(fields)
