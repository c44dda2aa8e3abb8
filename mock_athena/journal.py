"""Remembers every exchange: what came, what was decided, when, and why.

A bounded ring, so that a load test does not eat the memory; the counters beside it stay exact for ever. Tokens
and secrets never get in: of the query, values that could be one are struck out, and no body or header is kept.
"""

import json
import re
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import NamedTuple
from urllib.parse import unquote_plus

# Parameters whose value could let somebody in. On a FHIR route ``code`` is a clinical code and stays.
_SECRET = re.compile(r".*(token|secret|assertion|password)|code_verifier", re.IGNORECASE)
_SECRET_IN_OAUTH = re.compile(r"code|state|nonce|launch|id_token_hint", re.IGNORECASE)

Filter = Callable[["Entry"], bool]


class Entry(NamedTuple):
    """One exchange.

    Attributes:
        seq: number of the decision, the same as in ``X-Mock-Decided-At``.
        instant: of the decision, in unix seconds with nine decimals.
        verdict: ``admitted``, ``refused`` (by the limiter), ``unauthenticated`` or ``unlimited``.
        reason: why it was refused, also what the caller was not told.
        seconds: from arrival to the first byte of the answer.
        quota: whose quota was asked for; empty where none was. cost: how much of it.
        told: the header fields that told of limits.
        entries: how many entries the Bundle of a batch or transaction had; 0 for everything else.
    """

    seq: int
    instant: str
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
    request_id: str
    seconds: float
    quota: str = ""
    cost: int = 0
    told: Sequence[tuple[str, str]] = ()
    entries: int = 0


class Journal:
    """The last ``size`` exchanges, and counts of all."""

    def __init__(self, size: int, *, log: bool = False) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=size)
        self._counts: dict[tuple[int, str], int] = {}  # by status and verdict; told apart when they are read
        self._log = log

    def append(self, entry: Entry) -> None:
        """Remember an exchange; write it to standard error if that was asked for."""
        with self._lock:
            self._entries.append(entry)
            both = entry.status, entry.verdict
            self._counts[both] = self._counts.get(both, 0) + 1
        if self._log:
            # Only ASCII: no character of a path may end the line for whoever reads the log.
            with suppress(OSError):  # nobody reads it any more, which is no fault of this request
                sys.stderr.write(json.dumps(entry._asdict()) + "\n")

    def entries(self, /, **wanted: str) -> list[Entry]:
        """What is remembered, in order of the decisions.

        Args:
            wanted: ``status`` (``429`` or ``4xx``), ``client``, ``method``, ``route``, ``verdict``, ``path`` (with
                ``*``), ``since`` (unix seconds: decided at or after).

        Raises:
            ValueError: a filter that does not exist, or a value that it cannot take.
        """
        matching = [_filter(name, value) for name, value in wanted.items()]
        with self._lock:
            found = list(self._entries)
        return sorted((e for e in found if all(holds(e) for holds in matching)), key=lambda entry: entry.seq)

    def counters(self) -> dict[str, int]:
        """Exact counts since the start or the last reset: ``total``, ``status.…``, ``verdict.…``."""
        counters: Counter[str] = Counter()
        with self._lock:
            for (status, verdict), count in self._counts.items():
                for name in ("total", f"status.{status}", f"verdict.{verdict}"):
                    counters[name] += count
        return dict(sorted(counters.items()))

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()


def without_secrets(query: str, route: str) -> str:
    """A query string in which what could be a token, code or secret is struck out."""
    if "=" not in query:
        return query
    return "&".join(_without_secret(part, route == "oauth") for part in query.split("&"))


def _without_secret(parameter: str, in_oauth: bool) -> str:
    name = parameter.partition("=")[0]
    plain = unquote_plus(name) if "%" in name else name
    if _SECRET.fullmatch(plain) or (in_oauth and _SECRET_IN_OAUTH.fullmatch(plain)):
        return f"{name}=***"
    return parameter


def _filter(name: str, value: str) -> Filter:
    match name:
        case "status":
            return _status(value)
        case "client":
            return lambda entry: entry.client_id == value
        case "since":
            since = _unix_seconds(value)
            return lambda entry: Decimal(entry.instant) >= since
        case "path":
            return lambda entry: fnmatchcase(entry.path, value)
        case "method" | "route" | "verdict":
            return lambda entry: getattr(entry, name) == value
    message = f"unknown filter {name!r}: expected status, client, method, path, route, verdict or since"
    raise ValueError(message)


def _unix_seconds(text: str) -> Decimal:
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        seconds = Decimal("NaN")
    if not seconds.is_finite():
        message = f"since={text}: expected unix seconds, such as 1700000000.5"
        raise ValueError(message)
    return seconds


def _status(text: str) -> Filter:
    if not re.fullmatch(r"[1-5][0-9x]{2}", text.lower()):
        message = f"status={text}: expected a status such as 429, or a class such as 4xx"
        raise ValueError(message)
    pattern = text.lower().replace("x", "[0-9]")
    return lambda entry: fnmatchcase(str(entry.status), pattern)
