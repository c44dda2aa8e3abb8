"""Which entries of the journal somebody wants to see: a text for each filter, all of which must hold."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase

from mock_athena.clock import NANOSECONDS
from mock_athena.journal.entry import Entry

Filter = Callable[[Entry], bool]

_EQUAL = ("method", "route", "environment", "verdict", "requirement")
_EXPECTED = "status, client, method, path, route, environment, verdict, requirement, fault, text, since, until or limit"


def selected(entries: Iterable[Entry], wanted: Mapping[str, str]) -> list[Entry]:
    """The entries that every filter lets through; with ``limit``, the last so many.

    Raises:
        ValueError: a filter that does not exist, or a value that it cannot take.
    """
    limit = _whole("limit", wanted["limit"]) if "limit" in wanted else None
    holds = filter_of(wanted)
    found = [entry for entry in entries if holds(entry)]
    return found if limit is None else sorted(found, key=lambda entry: entry.seq)[len(found) - min(limit, len(found)) :]


def filter_of(wanted: Mapping[str, str]) -> Filter:
    """One filter for all: ``status`` (``429``, ``4xx``), ``client``, ``method``, ``path`` (with ``*``), ``route``,
    ``environment``, ``verdict``, ``requirement``, ``fault`` (with ``*``; its kind), ``text`` (somewhere in path,
    query, reason, client or request id, in capitals or not), ``since`` and ``until`` (unix seconds: decided at or
    after, before).

    Raises:
        ValueError: as :func:`selected`.
    """
    filters = [_filter(name, value) for name, value in wanted.items() if name != "limit"]
    return lambda entry: all(holds(entry) for holds in filters)


def _filter(name: str, value: str) -> Filter:
    match name:
        case "status":
            return _status(value)
        case "client":
            return lambda entry: entry.client_id == value
        case "since" | "until":
            instant = _nanoseconds(name, value)
            return lambda entry: (entry.instant < instant) is (name == "until")
        case "path":
            return lambda entry: fnmatchcase(entry.path, value)
        case "text":
            return _text(value)
        case "fault":
            return lambda entry: any(fnmatchcase(fault, value) for fault in entry.faults)
    if name in _EQUAL:
        return lambda entry: getattr(entry, name) == value
    message = f"unknown filter {name!r}: expected {_EXPECTED}"
    raise ValueError(message)


def _text(value: str) -> Filter:
    part = value.casefold()

    def holds(entry: Entry) -> bool:
        places = (entry.path, entry.query, entry.reason, entry.client_id or "", entry.request_id)
        return part in "\n".join(places).casefold()

    return holds


def _nanoseconds(name: str, text: str) -> Decimal:
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        seconds = Decimal("NaN")
    if not seconds.is_finite():
        message = f"{name}={text}: expected unix seconds, such as 1700000000.5"
        raise ValueError(message)
    return seconds * NANOSECONDS


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        message = f"{name}={text}: expected a number of entries, such as 100"
        raise ValueError(message)
    return int(text)


def _status(text: str) -> Filter:
    if not re.fullmatch(r"[0-5][0-9x]{2}|0", text.lower()):
        message = f"status={text}: expected a status such as 429, or a class such as 4xx, or 0 where there was none"
        raise ValueError(message)
    pattern = text.lower().replace("x", "[0-9]")
    return lambda entry: fnmatchcase(str(entry.status), pattern)
