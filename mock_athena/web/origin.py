"""Under which name a caller reached us: the start of every absolute URL that we answer with.

From ``--external-url`` if that is set, else from the request: ``X-Forwarded-*`` where a trusted proxy sent it,
else ``Host``. Never an address that a caller cannot connect to, such as ``0.0.0.0``.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?", re.ASCII)
_LONGEST_REMEMBERED = 300
_LARGEST_PORT = 65_535
_UNREACHABLE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - named to be replaced


def origin_of(environ: dict[str, Any], external_url: str, trusted_proxies: Collection[str]) -> str:
    """Scheme, host and port, without a slash at the end."""
    if external_url:
        return external_url.rstrip("/")
    scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
    if trusted_proxies and environ.get("REMOTE_ADDR", "") in trusted_proxies:
        forwarded = _first(environ.get("HTTP_X_FORWARDED_PROTO"))
        scheme = forwarded if forwarded in ("http", "https") else scheme
        host = _first(environ.get("HTTP_X_FORWARDED_HOST")) or host
    if len(host) > _LONGEST_REMEMBERED:
        host = ""  # no name of a host is as long
    return _joined(scheme, host, environ["SERVER_NAME"], environ["SERVER_PORT"])


@lru_cache(maxsize=256)
def _joined(scheme: str, host: str, server: str, port: str) -> str:
    found = _HOST.fullmatch(host)
    if not found or int(found[1] or 0) > _LARGEST_PORT:
        host = f"{server}:{port}"
    name, colon, number = host.rpartition(":")
    if colon and name in _UNREACHABLE:
        host = f"{_UNREACHABLE[name]}:{number}"
    return f"{scheme}://{_UNREACHABLE.get(host, host)}"


def remote_of(environ: dict[str, Any], trusted_proxies: Collection[str]) -> str:
    """The caller's address; of the client rather than of the proxy where that is trusted.

    Each proxy adds at the end of X-Forwarded-For whom it heard from, and a client can begin it with anything: so the
    last address that is no trusted proxy's counts.
    """
    # A server always sets it; without one, the application was called in this process.
    address: str = environ.get("REMOTE_ADDR", "127.0.0.1")
    if not trusted_proxies or address not in trusted_proxies:
        return address
    for forwarded in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = forwarded.strip() or address
        if address not in trusted_proxies:
            break
    return address


def _first(value: str | None) -> str:
    return (value or "").split(",")[0].strip()
