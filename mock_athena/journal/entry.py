"""One exchange as it is remembered: raw values, since most are never looked at."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from mock_athena.clock import NANOSECONDS, unix_text

# Parameters whose value could let somebody in. On a FHIR route ``code`` is a clinical code and stays.
_SECRET = re.compile(r".*(token|secret|assertion|password)|code_verifier", re.IGNORECASE)
_SECRET_IN_OAUTH = re.compile(r"code|state|nonce|launch|id_token_hint", re.IGNORECASE)
# What no query without a secret is without: most need no closer look.
_SUSPICIOUS = re.compile(r"token|secret|assertion|password|code_verifier|%", re.IGNORECASE)


class Entry(NamedTuple):
    """One exchange.

    Attributes:
        seq: number of the decision, the same as in ``X-Mock-Decided-At``. instant: its nanoseconds since 1970 UTC.
        status: 0 where a fault broke the connection before there was one.
        verdict: ``admitted``, ``refused`` (by the limiter), ``unauthenticated``, ``unlimited``, or ``faulted`` where a
            fault answered before anything was decided.
        reason: why it was refused, also what the caller was not told.
        requirement: the statement of the integration guide that a refusal keeps, such as ``C2`` for 429; or empty.
        faults: the kinds of the faults that struck.
        wait: nanoseconds that a refused caller was told to wait; 0 where nothing was.
        nanoseconds: from arrival to the first byte of the answer.
        entries: how many entries the Bundle of a batch or transaction had; 0 for everything else.
        quota: whose quota was asked for; empty where none was. cost: how much of it.
        told: the header fields that told of limits.
        over: the number of the last decision before it was over, where a policy limits what is in flight; else 0.
        asked, answered: with ``--journal-fields``, header fields of request and answer that tell how a client behaves;
            of credentials only the scheme. ``next`` is the cursor of the page that follows.
    """

    seq: int
    instant: int
    method: str
    path: str
    query: str
    status: int
    route: str
    environment: str
    client_id: str | None
    patient: str | None
    remote: str
    verdict: str
    reason: str
    requirement: str
    faults: tuple[str, ...]
    wait: int
    request_id: str
    nanoseconds: int
    entries: int = 0
    quota: str = ""
    cost: int = 0
    told: Sequence[tuple[str, str]] = ()
    over: int = 0
    asked: Sequence[tuple[str, str]] = ()
    answered: Sequence[tuple[str, str]] = ()

    @property
    def seconds(self) -> float:
        """From arrival to the first byte of the answer."""
        return round(self.nanoseconds / NANOSECONDS, 6)

    def as_json(self) -> dict[str, Any]:
        """As a reader of the journal gets it: ``instant`` in unix seconds with nine decimals, times in seconds."""
        told = self._asdict()
        del told["nanoseconds"]
        return told | {"instant": unix_text(self.instant), "wait": self.wait / NANOSECONDS, "seconds": self.seconds}


def without_secrets(query: str, route: str) -> str:
    """A query string in which what could be a token, code or secret is struck out."""
    if not query or (route != "oauth" and not _SUSPICIOUS.search(query)):
        return query
    return "&".join(_without_secret(part, route) for part in query.split("&"))


def is_secret(name: str, route: str) -> bool:
    """Whether what has this name, on a route of this class, could let somebody in."""
    return bool(_SECRET.fullmatch(name) or (route == "oauth" and _SECRET_IN_OAUTH.fullmatch(name)))


def _without_secret(parameter: str, route: str) -> str:
    name, equals, _ = parameter.partition("=")
    plain = unquote_plus(name) if "%" in name else name
    if equals and is_secret(plain, route):
        return f"{name}=***"
    return parameter
