"""An emulator's journal, fetched or read: what was decided, of whom, when; and how much of it is there.

A report judges only what the journal proves. The ring of an emulator forgets the oldest exchanges, so how many it
forgot is part of what is read: the counters count all of them.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import orjson

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import DataError
from mock_athena.ratelimit.history import judged_of
from mock_athena.ratelimit.witnesses import Judged

PATIENCE = 60.0
"""Seconds that a journal may take to come."""


class LoadError(Exception):
    """Something that a user of these commands can put right; the message says what came and what to do."""


class UnreachableError(LoadError):
    """Nobody answers there."""


class Decided(NamedTuple):
    """One exchange that the limiter decided on.

    Attributes:
        judged: the decision. user: who sent it, within its quota. milliseconds: from arrival to the first byte.
        environment, route: where. status: of the answer.
    """

    judged: Judged
    user: str
    milliseconds: float
    environment: str
    route: str
    status: int


@dataclass(frozen=True)
class Journal:
    """What an emulator remembers.

    Attributes:
        entries: as the control API tells them, in order of the decisions.
        counters: exact counts of all exchanges; empty where only entries were kept.
        policy: the name of the rate limit policy; empty where nobody knows.
        source: the address or file.
        before: exchanges that came before and are left out on purpose; what they spent is not known here.
        written: the policy itself, as a file of one says it; empty where nobody told.
        client: whose quotas alone are judged; empty for everybody's.
        newcomers: nobody in it had asked anything before.
    """

    entries: tuple[Mapping[str, Any], ...]
    counters: Mapping[str, int]
    policy: str
    source: str
    before: int = 0
    written: Mapping[str, Any] = field(default_factory=dict)
    client: str = ""
    newcomers: bool = False

    @property
    def forgotten(self) -> int:
        """Exchanges that the ring dropped."""
        return max(0, self.counters.get("total", 0) - self.before - len(self.entries))

    @cached_property
    def decided(self) -> tuple[Decided, ...]:
        """Every exchange that was limited, in order of the decisions.

        Raises:
            LoadError: an entry is none.
        """
        return tuple(self._decided())

    def _decided(self) -> Iterator[Decided]:
        quotas = {entry.get("quota") for entry in self.entries if entry.get("client_id") == self.client}
        for number, entry in enumerate(self.entries, 1):
            try:
                instant_of(entry)
                judged = judged_of(dict(entry))
                if judged and (not self.client or entry.get("client_id") == self.client or judged.quota in quotas):
                    yield _decided(judged, entry)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                message = f"{self.source}: entry {number} is no entry of a journal ({type(error).__name__}: {error})"
                raise LoadError(message) from None

    def since(self, earlier: "Mark") -> "Journal":
        """What came after an earlier look; all, if the emulator was reset or started anew in between."""
        total = self.counters.get("total", 0)
        if total < earlier.total:
            return self
        entries = tuple(entry for entry in self.entries if int(entry["seq"]) > earlier.seq)
        known = {entry.get("quota") for entry in self.entries if int(entry["seq"]) <= earlier.seq}
        newcomers = not self.forgotten and known.isdisjoint(quota for entry in entries if (quota := entry.get("quota")))
        return replace(self, entries=entries, before=earlier.total, newcomers=newcomers)

    def of(self, client: str) -> "Journal":
        """To judge what a client was answered, and whoever shares its quota; what is missing stays missing."""
        return replace(self, client=client)

    def write(self, path: Path) -> None:
        """Keep it, so that the report can be made again."""
        kept: dict[str, Any] = {"policy": self.policy, "written": dict(self.written), "counters": dict(self.counters)}
        kept |= {"before": self.before, "newcomers": self.newcomers, "entries": list(self.entries)}
        path.write_bytes(orjson.dumps(kept))


class Mark(NamedTuple):
    """Where a journal stood: the number of the last decision, and how many exchanges there were."""

    seq: int
    total: int


def mark(origin: str) -> Mark:
    """Where the journal of an emulator stands.

    Raises:
        LoadError: as :func:`fetched`.
    """
    told = control(origin, "journal?limit=1")
    last = told["entries"][-1]["seq"] if told["entries"] else 0
    return Mark(int(last), int(told["counters"].get("total", 0)))


def _decided(judged: Judged, entry: Mapping[str, Any]) -> Decided:
    return Decided(
        judged,
        user_of(str(entry.get("request_id") or "")) or str(entry.get("client_id") or judged.quota),
        float(entry.get("seconds") or 0) * 1000,
        str(entry.get("environment") or ""),
        str(entry.get("route") or ""),
        int(entry.get("status") or 0),
    )


def instant_of(entry: Mapping[str, Any]) -> int:
    """When it was decided, in nanoseconds since 1970 UTC.

    Raises:
        KeyError, ValueError: it does not say.
    """
    whole, _, rest = str(entry["instant"]).partition(".")
    return int(whole) * NANOSECONDS + int(rest.ljust(9, "0")[:9] or 0)


def user_of(request_id: str) -> str:
    """The virtual user that sent a request, of an id such as ``load:Herd-3:17``; empty where it is another's."""
    mark, _, rest = request_id.partition(":")
    return rest.partition(":")[0] if mark == "load" else ""


def fetched(address: str) -> Journal:
    """The journal of a running emulator.

    Args:
        address: its origin, or the address of its journal.

    Raises:
        LoadError: it is not there, or is no emulator, or does not let us look.
    """
    origin = origin_of(address)
    told = control(origin, "journal")
    if not isinstance(told, dict) or "entries" not in told:
        message = f"{origin}/_mock/journal answered JSON without entries: this is no Mock Athena"
        raise LoadError(message)
    limits = control(origin, "limits")
    policy, written = limits.get("policy", ""), limits.get("written", {})
    return Journal(tuple(told["entries"]), told.get("counters", {}), policy, origin, written=written)


def origin_of(address: str) -> str:
    """Scheme and authority of an emulator's address.

    Raises:
        LoadError: it is no http address.
    """
    try:
        where = urlsplit(address)
        known = where.scheme in ("http", "https") and where.hostname and where.port != 0
    except ValueError:  # half a pair of brackets, a port that is no number
        where, known = urlsplit(""), False
    if not known:
        message = f"{address!r} is no address: expected one such as http://127.0.0.1:8080"
        raise LoadError(message)
    return f"{where.scheme}://{where.netloc}"


def control_token() -> str:
    """What ``mock-athena serve --control-token`` was told, for emulators on other machines."""
    return os.environ.get("MOCK_ATHENA_CONTROL_TOKEN", "")


def control(origin: str, path: str, method: str = "GET", body: Any = None, patience: float = PATIENCE) -> Any:
    """The JSON answer of the control API.

    Args:
        patience: seconds that it may take.

    Raises:
        UnreachableError: nobody answers.
        LoadError: it is refused, or something else answers.
    """
    data = None if body is None else json.dumps(body).encode()
    address = f"{origin}/_mock/{path}"
    headers = {"Authorization": f"Bearer {control_token()}"} if control_token() else {}
    try:
        with urlopen(Request(address, data, headers, method=method), timeout=patience) as answer:  # noqa: S310 - checked to be http
            return orjson.loads(answer.read())
    except HTTPError as error:
        raise LoadError(f"{address} answered {error.code}: {_why(error)}") from None
    except (OSError, HTTPException) as error:
        message = f"nobody answers at {origin} ({error}): is the emulator running? mock-athena serve starts one"
        raise UnreachableError(message) from None
    except ValueError:
        message = f"{address} answered something that is not JSON: this is no Mock Athena"
        raise LoadError(message) from None


def _why(error: HTTPError) -> str:
    hint = {
        401: "set MOCK_ATHENA_CONTROL_TOKEN to the token of its --control-token",
        403: "the control API answers callers on the same machine only",
        404: "this is no Mock Athena, which has a journal there",
    }
    return hint.get(error.code, error.read(300).decode(errors="replace"))


def read(path: Path) -> Journal:
    """A journal from a file: what :meth:`Journal.write` kept, the answer of ``/_mock/journal``, or NDJSON.

    Raises:
        LoadError: it is not there, or something else.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise LoadError(message) from None
    told: Any
    try:
        told = orjson.loads(text)
    except ValueError:
        told = {"entries": _lines(text, path)}
    if isinstance(told, dict) and "entries" not in told and "verdict" in told:
        told = {"entries": [told]}  # NDJSON of one line
    if not isinstance(told, dict) or not isinstance(told.get("entries"), list):
        message = f"{path} is no journal: expected the answer of /_mock/journal, or one JSON entry on each line"
        raise LoadError(message)
    try:
        entries = sorted(told["entries"], key=lambda entry: int(entry.get("seq") or 0))
        counters = {str(name): int(count) for name, count in told.get("counters", {}).items()}
        before, written = int(told.get("before", 0)), dict(told.get("written", {}))
        newcomers = told.get("newcomers") is True
    except (AttributeError, TypeError, ValueError) as error:
        raise LoadError(f"{path} is no journal ({type(error).__name__}: {error})") from None
    if not counters and entries:  # lines alone: of what came before the first, nobody says that it spent nothing
        before = before or max(0, int(entries[0].get("seq") or 0) - 1)
    return Journal(
        tuple(entries), counters, str(told.get("policy", "")), str(path), before, written, newcomers=newcomers
    )


def _lines(text: bytes, path: Path) -> list[Any]:
    try:
        entries = [orjson.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        message = (
            f"{path} is no journal: neither the answer of /_mock/journal nor one JSON entry on each line ({error})"
        )
        raise LoadError(message) from None
    if not all(isinstance(entry, dict) for entry in entries):
        raise LoadError(f"{path} is no journal: a line is not a JSON object")
    return entries


def seconds(nanoseconds: int) -> float:
    """Nanoseconds as seconds."""
    return nanoseconds / NANOSECONDS


__all__ = ["DataError", "Decided", "Journal", "LoadError", "control", "fetched", "origin_of", "read", "user_of"]
