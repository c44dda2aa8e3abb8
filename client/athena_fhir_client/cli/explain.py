"""``--explain``: what a call lacked that failed, and what to do about it.

From the error alone, whoever the server is: scopes that were refused, ``ah-practice``, required combinations of search
parameters (as the real API names them, ``[[patient,intent],[_id]]``), and what else the guide's troubleshooting names.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from athena_fhir_client.errors import (
    AthenaError,
    AuthError,
    Forbidden,
    ForeignHost,
    NotFound,
    QuotaSpent,
    RateLimited,
    SearchRefused,
    StatusError,
    TransportError,
    Unauthorized,
    Unavailable,
)

_COMBINATIONS = re.compile(r"\[\s*\[[^\]]+\](?:\s*,\s*\[[^\]]+\])*\s*\]")
_SCOPE = re.compile(r"(?:system|user|patient)/[A-Za-z*]+\.[a-z*]+")


def explanation(error: AthenaError) -> list[str]:
    """What was lacking, as lines; the likeliest first. Empty if nothing can be said."""
    return list(dict.fromkeys(_explained(error)))


def _explained(error: AthenaError) -> Iterator[str]:
    words = error.words if isinstance(error, StatusError) else str(error)
    yield from _combinations(words, error)
    if "ah-practice" in words:
        yield "lacking: the practice. Add --practice NUMBER (ATHENAHEALTH_PRACTICE), sent as ah-practice"
    if isinstance(error, Forbidden) and not _COMBINATIONS.search(words):
        yield from _scopes(words, error)
    yield from _by_kind(error)


def _combinations(words: str, error: AthenaError) -> Iterator[str]:
    found = _COMBINATIONS.search(words)
    if not found:
        return
    url = error.request.url or "" if isinstance(error, StatusError) else ""
    sent = {name.partition(":")[0] for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    choices = [each.replace(" ", "").split(",") for each in re.findall(r"\[([^\[\]]+)\]", found[0])]
    yield f"lacking: a combination of parameters. One of: {' · '.join(' + '.join(each) for each in choices)}"
    nearest = min(choices, key=lambda each: len(set(each) - sent))
    missing = [each for each in nearest if each not in sent]
    if missing:
        yield f"nearest to what was sent: add {' and '.join(missing)}"


def _scopes(words: str, error: StatusError) -> Iterator[str]:
    named = _SCOPE.findall(words)
    if named:
        yield f"lacking: a scope. Ask for {named[0]} (--scope), if the application has it"
        return
    path = [each for each in urlsplit(error.request.url or "").path.split("/") if each]
    type = next((each for each in reversed(path) if each[:1].isupper()), "that type")
    search = bool(path) and path[-1] in (type, "_search")
    needed = f"system/{type}.{'s' if search else 'r'}"
    yield f"lacking: most likely a scope that covers it, such as {needed} or system/{type}.read (--scope)"
    if search:
        yield "a scope that ends in .r reads by id only; searches need .s or .rs"


def _by_kind(error: AthenaError) -> Iterator[str]:
    for kind, line in _HINTS.items():
        if isinstance(error, kind):
            yield line


_HINTS: dict[type[AthenaError], str] = {
    Unauthorized: "the token is not good for this server: check the endpoint, client id and secret, then sign in again",
    AuthError: "check client id, secret or key, how the application is registered to authenticate, and the scopes",
    NotFound: "check the id, that the patient is of this practice, that the type is offered, and the endpoint",
    RateLimited: "somebody else spends the same quota, or the limit is another: see DEBUG=athenahealth:pace",
    QuotaSpent: "ask for fewer: _count up to 1000, several ids at once (_id=a,b), a bulk export",
    ForeignHost: "a token goes to its own server only; if both names are the same server, use that of its links",
    SearchRefused: "status 200 does not say that a search worked: this one was refused within",
    Unavailable: "the server says that this is temporary: try again later",
    TransportError: "is the server there, and its address right? DEBUG=athenahealth:http shows each try",
}
