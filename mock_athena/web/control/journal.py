"""``/_mock/journal``: what came in, what was decided, and why; all of it, some of it, or as it comes."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from flask import Blueprint, Response, request

from mock_athena.errors import ControlError
from mock_athena.journal import Entry, Journal
from mock_athena.web.answers import json_answer
from mock_athena.web.exchange import held
from mock_athena.web.world import World

NDJSON = "application/x-ndjson"
EVENTS = "text/event-stream"


def add_journal(views: Blueprint, world: World) -> None:
    """Read the journal, filtered, and follow it."""

    @views.get("/journal")
    def journal() -> Response:
        """What came in, what was decided, and why: ``entries``, and exact ``counters`` of all there ever were.

        Query, all optional: ``status`` (``429``, ``4xx``), ``client``, ``method``, ``path`` (with ``*``), ``route``
        (``public``, ``oauth``, ``portal``, ``fhir``, ``bulk``, ``documents``, ``unknown``), ``environment``,
        ``verdict`` (``admitted``, ``refused``, ``unauthenticated``, ``unlimited``, ``faulted``), ``requirement``,
        ``fault`` (with ``*``), ``since`` and ``until`` (unix seconds: at or after, before), ``limit`` (the latest so
        many). With ``Accept: application/x-ndjson`` one entry on each line.
        """
        wanted = request.args.to_dict()
        if request.accept_mimetypes.best_match(("application/json", NDJSON)) == NDJSON:
            return ndjson(world.journal, wanted)
        entries = [entry.as_json() for entry in _read(world.journal, wanted)]
        return json_answer({"entries": entries, "counters": world.journal.counters()})

    @views.get("/journal.ndjson")
    def exported() -> Response:
        """The entries as NDJSON, one on each line; the same filters."""
        return ndjson(world.journal, request.args.to_dict())

    @views.get("/journal/stream")
    def stream() -> Response:
        """Follow it: a server-sent event for each exchange that the filters let through.

        With ``Last-Event-ID`` it begins after that number, as far as that is remembered.
        """
        if request.method == "HEAD":  # there would be nobody to end the stream
            return Response(content_type=EVENTS)
        return _stream(world.journal, request.args.to_dict(), request.headers.get("Last-Event-ID", ""))


def _read(journal: Journal, wanted: dict[str, str]) -> list[Entry]:
    try:
        return journal.entries(**wanted)
    except ValueError as error:
        raise ControlError(str(error)) from None


def ndjson(journal: Journal, wanted: dict[str, str]) -> Response:
    """The entries that the filters let through, one on each line.

    Raises:
        ControlError: a filter that does not exist, or cannot be.
    """
    entries = _read(journal, wanted)
    lines = (json.dumps(entry.as_json(), ensure_ascii=False).encode(errors="replace") + b"\n" for entry in entries)
    return Response(lines, content_type=NDJSON)


def _stream(journal: Journal, wanted: dict[str, str], last: str) -> Response:
    """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): one for each exchange."""
    from mock_athena.journal.filters import filter_of

    try:
        holds = filter_of(wanted)
        since = int(last) if last else None
    except ValueError as error:
        raise ControlError(str(error)) from None
    opened = ExitStack()
    opened.enter_context(held(request.environ))
    # How the stream ends, a generator that was never begun would not notice.
    return Response(
        _Events(journal.follow(since), holds, opened), content_type=EVENTS, headers={"Cache-Control": "no-store"}
    )


class _Events:
    """The events of one follower; its thread is given back when they are closed."""

    def __init__(
        self, followed: Iterator[tuple[int, Entry | None]], holds: Callable[[Entry], bool], opened: ExitStack
    ) -> None:
        self._followed = followed
        self._holds = holds
        self._opened = opened

    def __iter__(self) -> Iterator[bytes]:
        # The head goes out with the first chunk: who follows a quiet journal shall know that it does.
        yield b": following\n\n"
        for number, entry in self._followed:
            if entry is None:
                yield b": quiet\n\n"
            elif self._holds(entry):
                yield f"id: {number}\ndata: {json.dumps(entry.as_json())}\n\n".encode()

    def close(self) -> None:
        """Let go of the thread and of the journal."""
        self._opened.close()
        close = getattr(self._followed, "close", None)
        if close:
            close()
