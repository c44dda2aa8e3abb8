"""When two URLs mean the same place.

``localhost``, ``127.0.0.1`` and ``[::1]`` are one machine: a client that was configured with one spelling and
reached us under another is not at fault. A loopback address never stands for another host.
"""

from urllib.parse import SplitResult, urlsplit

from mock_athena.environments import ENVIRONMENTS

PRODUCTION_ORIGIN = "https://api.platform.athenahealth.com"

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_DEFAULT_PORTS = {"http": 80, "https": 443}

Place = tuple[str, str, int | None, str, str]


def place(url: str) -> Place | None:
    """``url`` in one spelling: scheme, host, port, path without a closing slash, query; None if it is no URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or not parts.scheme:
        return None
    return (parts.scheme, _host(parts), port, parts.path.rstrip("/"), parts.query)


def same_place(one: str, other: str) -> bool:
    """Both are URLs, and of the same place."""
    first = place(one)
    return first is not None and first == place(other)


def environment_of(aud: str, origin: str) -> str | None:
    """``production`` or ``sandbox``, if ``aud`` is one of the two FHIR base URLs.

    They are ours under the origin that the request reached, and under athenahealth's own, which a client under test
    may be configured with.
    """
    for environment, facts in ENVIRONMENTS.items():
        if same_place(aud, origin + facts.fhir_path) or same_place(aud, PRODUCTION_ORIGIN + facts.fhir_path):
            return environment
    return None


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return "localhost" if host in _LOOPBACK else host
