"""What came in, what was decided and why: the latest exchanges, and one of them word for word."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import ControlError, shortened
from mock_athena.journal.bodies import LARGEST
from mock_athena.journal.filters import filter_of
from mock_athena.web.console import words
from mock_athena.web.console.console import Console
from mock_athena.web.console.copying import CLIENTS, command
from mock_athena.web.console.exchanged import limits_told, shown
from mock_athena.web.control.journal import ndjson

PATH = "/console/traffic"
EXPORT = "journal.ndjson"
MOST = 100
_VERDICTS = ("admitted", "refused", "unauthenticated", "unlimited", "faulted")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_ROUTES = ("fhir", "bulk", "documents", "oauth", "public", "portal", "preflight", "unknown")
# (filter of the journal, label, what can be chosen; nothing where it is typed)
FILTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("text", "Search", ()),
    ("path", "Path, with *", ()),
    ("status", "Status", ()),
    ("verdict", "Verdict", _VERDICTS),
    ("method", "Method", _METHODS),
    ("client", "Client", ()),
    ("environment", "Environment", tuple(ENVIRONMENTS)),
    ("route", "Route", _ROUTES),
    ("requirement", "Requirement", tuple(words.REQUIREMENTS)),
    ("fault", "Fault, with *", ()),
    ("since", "Since, unix s", ()),
    ("until", "Until, unix s", ()),
)
_ALWAYS_SHOWN = 6


def traffic(console: Console, rest: str) -> Response:
    """The latest exchanges, the one whose number follows in the path, or all as NDJSON."""
    console.world.bodies.look()
    wanted = _wanted()
    if rest == EXPORT:
        return ndjson(console.world.journal, wanted)
    return _one(console, rest, wanted) if rest else _latest(console, wanted)


def _wanted() -> dict[str, str]:
    """The filters of the address.

    Raises:
        ControlError: one that does not exist.
    """
    sent = request.args
    unknown = sorted(set(sent) - {name for name, _, _ in FILTERS})
    if unknown:
        expected = ", ".join(name for name, _, _ in FILTERS)
        raise ControlError(f"Unknown filter {shortened(unknown[0], 40)!r}: expected {expected}.")
    return {name: value.strip() for name, _, _ in FILTERS if (value := sent.get(name) or "").strip()}


def _holds(wanted: dict[str, str]) -> Any:
    try:
        return filter_of(wanted)
    except ValueError as error:
        raise ControlError(str(error)) from None


def _latest(console: Console, wanted: dict[str, str]) -> Response:
    journal = console.world.journal
    seen = journal.latest(MOST, _holds(wanted) if wanted else None)
    counted = journal.counters()
    return console.show(
        "traffic.html",
        entries=seen.entries,
        seen=seen,
        most=MOST,
        counted=[(count, *_meaning(name)) for name, count in counted.items() if name != "total"],
        total=counted.get("total", 0),
        wanted=wanted,
        query=urlencode(wanted),
        filters=FILTERS[:_ALWAYS_SHOWN],
        more=FILTERS[_ALWAYS_SHOWN:],
        bodies=console.world.bodies,
        workers=console.world.settings.workers,
        words=words,
    )


def _meaning(counter: str) -> tuple[str, str, str]:
    """The filter, its value and the words of a counter."""
    name, _, value = counter.partition(".")
    return name, value, {"status": f"status {value}", "fault": f"fault {value}"}.get(name, value)


def _one(console: Console, number: str, wanted: dict[str, str]) -> Response:
    world = console.world
    seq = int(number) if number.isdecimal() and number.isascii() and len(number) < 20 else 0
    before, entry, after = world.journal.around(seq, _holds(wanted))
    if entry is None:
        message = (
            f"The journal has no exchange {shortened(number, 30)!r}: it keeps the last {world.settings.journal_size:,} "
            "(--journal-size), and a reset forgets all."
        )
        raise ControlError(message, status=404)
    said = world.bodies.of(entry.seq)
    return console.show(
        "exchange.html",
        entry=entry,
        before=before,
        after=after,
        query="?" + urlencode(wanted) if wanted else "",
        limits=limits_told(entry.told),
        spoken=shown(said, entry) if said else None,
        commands=[(name, command(client, entry, said, console.origin)) for client, name in CLIENTS],
        bodies=world.bodies,
        largest=LARGEST,
        workers=world.settings.workers,
        words=words,
    )
