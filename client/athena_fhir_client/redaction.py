"""What may be written into logs and messages: how something was asked, never whom it is about.

Ids, names, dates, cursors and tokens are replaced by a mark. The same value has the same mark as long as a process
lives, so that lines can be told apart and joined; from the mark nobody comes back to the value.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

_SALT = secrets.token_bytes(16)

# Parameters whose values are about the question and not about a person.
_OPEN = {
    *("_count", "_sort", "_summary", "_elements", "_total", "_include", "_revinclude", "_format", "_pretty"),
    *("_type", "_outputFormat", "_since", "_lastUpdated", "category", "status", "intent", "class"),
    *("ah-practice", "grant_type", "response_type", "scope", "error"),
}
_WORD = re.compile(r"[$A-Za-z_.][A-Za-z_.-]*|r4|oauth2|v1|\.well-known")
_TYPE = re.compile(r"[A-Z][A-Za-z]+|_history")
_OPEN_HEADERS = {
    *("accept", "accept-encoding", "content-type", "content-length", "prefer", "range", "retry-after", "x-progress"),
    *("x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "server-timing"),
    *("ratelimit-policy", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
}


def mark(value: str) -> str:
    """A mark in place of a value, such as ``~1f3a9c``."""
    return "~" + hashlib.sha256(_SALT + value.encode(errors="backslashreplace")).hexdigest()[:6]


def safe_url(url: str) -> str:
    """A URL with the ids of its path and the telling values of its query replaced by marks.

    >>> safe_url("https://ehr.example/fhir/r4/Observation?category=LAB&_count=5")
    'https://ehr.example/fhir/r4/Observation?category=LAB&_count=5'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return mark(url)  # it is none
    path = _safe_path(parts.path)
    host = parts.netloc.rpartition("@")[2]
    origin = f"{parts.scheme}://{host}" if host else ""
    query = safe_query(parts.query)
    return f"{origin}{path}{f'?{query}' if query else ''}"


def _safe_path(path: str) -> str:
    """What stands behind a type is an id, be it made of letters."""
    steps, before = list[str](), ""
    for step in path.split("/"):
        is_id = bool(_TYPE.fullmatch(before)) and not step.startswith(("$", "_"))
        steps.append(step if not step or (_WORD.fullmatch(step) and not is_id) else mark(unquote(step)))
        before = step
    return "/".join(steps)


def safe_query(query: str) -> str:
    """A query with the values that may be about somebody replaced by marks."""
    return "&".join(f"{name}={_safe(name, value)}" for name, value in parse_qsl(query, keep_blank_values=True))


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Header fields, with whatever is not known to be harmless replaced by a mark."""
    return {name: value if name.lower() in _OPEN_HEADERS else mark(value) for name, value in headers.items()}


def _safe(name: str, value: str) -> str:
    return value if name in _OPEN else mark(value)
