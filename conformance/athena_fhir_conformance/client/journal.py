"""What the judged emulator remembers of a client: the entries of its journal (``GET /_mock/journal``), as values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs

_STATE = re.compile(r"state of (\d+) characters")

LIMITED = ("fhir", "bulk", "documents")
"""Classes of routes that spend quota."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange.

    Attributes:
        instant: seconds, when it was decided. seconds: until the first byte of the answer.
        wait: seconds to wait, which the answer's Retry-After told; None where it told nothing that can be read.
        asked, answered: header fields, names in lower case.
    """

    seq: int
    instant: float
    seconds: float
    method: str
    path: str
    query: str
    status: int
    route: str
    client: str
    verdict: str
    reason: str
    faults: tuple[str, ...]
    asked: Mapping[str, str] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """What was asked for: two entries of one key are the same request."""
        return self.method, self.path, self.query

    @property
    def cursor(self) -> str:
        """Which page was asked for; empty for the first."""
        return parse_qs(self.query).get("cursor", [""])[0]

    @property
    def following(self) -> str:
        """The cursor of the next page that the answer offered."""
        return self.answered.get("next", "")

    @property
    def wait(self) -> float | None:
        """Seconds that the answer said to wait, in either form of RFC 9110."""
        text = self.answered.get("retry-after", "").strip()
        if text.isdecimal():
            return float(text)
        try:
            return parsedate_to_datetime(text).timestamp() - self.instant
        except (ValueError, TypeError, IndexError):
            return None

    @property
    def polls(self) -> bool:
        """Whether it asks how an export is getting on."""
        return self.method == "GET" and "/bulkstatus/" in self.path

    @property
    def downloads(self) -> bool:
        """Whether it fetches a file of an export."""
        return self.method == "GET" and "/bulkdata/" in self.path

    @property
    def kicks_off(self) -> bool:
        """Whether it starts an export."""
        return self.path.endswith("/$export") and self.method in ("GET", "POST")

    @property
    def asks_for_code(self) -> bool:
        """Whether it sends a person to sign in."""
        return self.method == "GET" and self.path.endswith("/authorize") and "response_type" in self.query

    @property
    def state_characters(self) -> int:
        """How long the state was that it sent along, which itself is not journaled; 0 where it was refused."""
        told = _STATE.match(self.reason)
        return int(told[1]) if told else 0

    @property
    def by_grant(self) -> str:
        """The grant type by which a token was issued; empty where none was."""
        return self.reason.partition(" granted ")[0] if self.asks_for_token and self.status == 200 else ""

    @property
    def granted(self) -> set[str]:
        """The scopes of the token that was issued."""
        return set(self.reason.partition(" granted ")[2].partition(", not ")[0].split())

    @property
    def asks_for_token(self) -> bool:
        """Whether it is a token request."""
        return self.method == "POST" and self.path.endswith("/token")

    @property
    def failed(self) -> bool:
        """Whether there was no answer, or one that says nothing about the request: it may be sent again."""
        return (
            self.status == 0 or self.status == 429 or self.status >= 500 or any(each in BREAKS for each in self.faults)
        )

    def __str__(self) -> str:
        """Short, for evidence."""
        where = f"{self.path}?{self.query}" if self.query else self.path
        return f"#{self.seq} {self.method} {where[:100]} → {self.status or 'nothing'}"


BREAKS = ("drop", "half-close", "connection-reset", "short-body", "stall", "stalled-body", "malformed-json")
"""Faults after which an answer is not whole."""


def read(told: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Entries of a journal, in order of their decisions."""
    return sorted((_entry(each) for each in told), key=lambda entry: entry.seq)


def _entry(told: Mapping[str, Any]) -> Entry:
    return Entry(
        int(told["seq"]),
        float(told["instant"]),
        float(told.get("seconds") or 0),
        str(told["method"]),
        str(told["path"]),
        str(told.get("query") or ""),
        int(told["status"]),
        str(told["route"]),
        str(told.get("client_id") or ""),
        str(told["verdict"]),
        str(told.get("reason") or ""),
        tuple(told.get("faults") or ()),
        _fields(told.get("asked") or ()),
        {**_fields(told.get("told") or ()), **_fields(told.get("answered") or ())},
    )


def _fields(pairs: Sequence[Sequence[str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs}
