"""Scripts of web pages from other sites: the CORS protocol, https://fetch.spec.whatwg.org/#http-cors-protocol.

Every site may ask, as with the real API: what protects records is the token, which no browser adds by itself. The
control API, which needs none, is for no other site.
"""

from typing import Any

from mock_athena.auth.discovery import TOKEN_PATH

_ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
# The wildcard stands for every name but Authorization; those after it are for browsers that do not know it yet.
_ALLOWED_FIELDS = (
    "Authorization, *, Accept, Content-Type, Prefer, If-Match, If-None-Match, If-Modified-Since, If-None-Exist, "
    "X-Request-Id"
)
_SECONDS = "600"

EXPOSED = (
    "ETag",
    "Last-Modified",
    "Location",
    "Content-Location",
    "Content-Disposition",
    "WWW-Authenticate",
    "Retry-After",
    "X-Progress",
    "X-Export-Status",
    "Preference-Applied",
    "Expires",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit-Policy",
    "RateLimit",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "X-Request-Id",
    "X-Mock-Decided-At",
    "X-Mock-Counters",
    "Server-Timing",
)
"""The header fields that such a script may read, besides the few that the protocol allows anyway."""

CROSS_SITE = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", ", ".join(EXPOSED)))
"""What answers say to a request that a script of another site sent."""

PREFLIGHT_ANSWER = [
    ("Access-Control-Allow-Methods", _ALLOWED_METHODS),
    ("Access-Control-Allow-Headers", _ALLOWED_FIELDS),
    ("Access-Control-Max-Age", _SECONDS),
]


def may_ask(path: str, cors: str) -> bool:
    """Whether scripts of other sites may ask at a path: the real API was reported not to let them at its tokens."""
    return cors == "everywhere" or (cors == "not-token" and path != TOKEN_PATH)


def is_preflight(environ: dict[str, Any]) -> bool:
    """Whether a browser asks beforehand if it may send something."""
    return (
        environ["REQUEST_METHOD"] == "OPTIONS"
        and "HTTP_ORIGIN" in environ
        and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    )
