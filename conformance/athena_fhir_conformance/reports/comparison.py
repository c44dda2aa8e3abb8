"""What differs between two runs: the emulator and a sandbox, or yesterday and today.

Verdicts are compared check by check. Answers are compared by kind of request (``GET Observation?category&patient``),
since ids and values differ from one target to the next: which statuses came, which headers always came, which media
types, and what was said of limits. How often something was asked does not count.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]

_VOLATILE = {
    "date", "x-request-id", "server-timing", "x-mock-decided-at", "content-length", "connection", "keep-alive",
    "transfer-encoding", "age", "via", "server", "set-cookie",
}  # fmt: skip
"""Headers that differ from one answer to the next, or with who stands in between."""

_LIMITS = re.compile(r"(x-)?ratelimit(-limit|-policy)?|retry-after", re.ASCII)
_TOLD_WHOLE = ("x-ratelimit-limit", "ratelimit-limit", "ratelimit-policy")
_WORDS = re.compile(r"[A-Z][A-Za-z]+|\$[a-z-]+|_[a-z]+|\.well-known|[a-z]+(-[a-z]+)*|(oauth|v|r)\d", re.ASCII)
_ORDER = ("pass", "warning", "omit", "skip", "fail", "error")


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        kind: ``target``, ``verdict``, ``status``, ``headers``, ``media type`` or ``limits``.
        what: a check, or a kind of request.
        first, second: what each run has.
    """

    kind: str
    what: str
    first: str
    second: str


@dataclass
class Manner:
    """How a target answers one kind of request."""

    statuses: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    headers: set[str] | None = None
    limits: dict[str, set[str]] = field(default_factory=dict)

    def add(self, response: Json) -> None:
        """Take one more answer into account."""
        fields = {name.lower(): value for name, value in response["headers"].items()}
        self.statuses.add(str(response["status"]))
        self.types.add(fields.get("content-type", "none").partition(";")[0].strip().lower())
        named = {name for name in fields if name not in _VOLATILE and name != "content-type"}
        self.headers = named if self.headers is None else self.headers & named
        for name in filter(_LIMITS.fullmatch, fields):
            self.limits.setdefault(name, set()).add(_limit(name, fields[name]))


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    """What differs between two JSON reports."""
    found = [*_targets(first, second), *_verdicts(first, second)]
    ours, theirs = _manners(first), _manners(second)
    aspects: tuple[tuple[str, Callable[[Manner], Iterable[str]]], ...] = (
        ("status", lambda one: one.statuses),
        ("media type", lambda one: one.types),
        ("headers", lambda one: one.headers or ()),
    )
    for request in sorted(ours.keys() & theirs.keys()):
        for kind, aspect in aspects:
            found += _sets(kind, request, aspect(ours[request]), aspect(theirs[request]))
    return [*found, *_limits(ours.values(), theirs.values())]


def _targets(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    a, b = first["target"], second["target"]
    return [Difference("target", name, a[name], b[name]) for name in ("software", "profile") if a[name] != b[name]]


def _verdicts(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    a, b = ({check["id"]: check for check in document["checks"]} for document in (first, second))
    found = []
    for id in dict.fromkeys((*a, *b)):
        one, other = (each[id]["verdict"] if id in each else "not run" for each in (a, b))
        if one != other:
            reasons = [f" ({each[id]['reason']})" if id in each and each[id]["reason"] else "" for each in (a, b)]
            found.append(Difference("verdict", id, one + reasons[0], other + reasons[1]))
    return sorted(found, key=lambda each: -_rank(each.second))


def _rank(told: str) -> int:
    word = told.partition(" ")[0]
    return _ORDER.index(word) if word in _ORDER else -1


def _manners(document: Mapping[str, Any]) -> dict[str, Manner]:
    base = document["target"]["url"]
    found: dict[str, Manner] = {}
    for exchange in document["exchanges"].values():
        request, response = exchange["request"], exchange["response"]
        found.setdefault(_kind_of(request, base, response["status"]), Manner()).add(response)
    return found


def _kind_of(request: Json, base: str, status: int) -> str:
    """What was asked, without ids and values; and whether it went well, since refusals have other headers."""
    url = request["url"]
    below = url.removeprefix(base) if url.startswith(base) else urlsplit(url).path
    path, _, query = below.partition("?")
    parts = [part if _WORDS.fullmatch(part) else "{id}" for part in path.strip("/").split("/")]
    if len(parts) > 1 and parts[0][:1].isupper() and parts[1][:1] not in "$_":
        parts[1] = "{id}"  # also where an id looks like a word
    names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})
    said = "" if 200 <= status < 300 else " (refused)"
    return f"{request['method']} {'/'.join(parts)}{'?' + '&'.join(names) if names else ''}{said}"


def _limit(name: str, value: str) -> str:
    """What a limit's header says, as far as it does not change with every answer."""
    if name in _TOLD_WHOLE:
        return value
    if name == "retry-after":
        return ("seconds" if len(value) < 8 else "an instant") if value.isdigit() else "no number"
    return "there"


def _sets(kind: str, what: str, first: Iterable[str], second: Iterable[str]) -> list[Difference]:
    ours, theirs = set(first), set(second)
    return [] if ours == theirs else [Difference(kind, what, _only(ours, theirs), _only(theirs, ours))]


def _only(these: set[str], those: set[str]) -> str:
    return ", ".join(sorted(these - those)) or "nothing more"


def _limits(first: Iterable[Manner], second: Iterable[Manner]) -> list[Difference]:
    ours, theirs = _told(first), _told(second)
    return [
        Difference("limits", name, " or ".join(sorted(a)) or "not sent", " or ".join(sorted(b)) or "not sent")
        for name in sorted(ours.keys() | theirs.keys())
        if (a := ours.get(name, set())) != (b := theirs.get(name, set()))
    ]


def _told(manners: Iterable[Manner]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for manner in manners:
        for name, values in manner.limits.items():
            found.setdefault(name, set()).update(values)
    return found
