"""What a test wants to know of the journal, as functions that fail with what there was instead.

Each takes entries (or a :class:`~mock_athena.journal.Journal`) and raises :class:`AssertionError`. Paths may have
``*``; other filters are those of :mod:`mock_athena.journal.filters`.
"""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from mock_athena.clock import NANOSECONDS
from mock_athena.journal import Journal
from mock_athena.journal.entry import Entry
from mock_athena.journal.filters import selected

Source = Journal | Iterable[Entry]

_SHOWN = 5


def calls(source: Source, method: str = "", path: str = "*", **wanted: str) -> list[Entry]:
    """The exchanges of a method (any, if empty) and path, in order of their decisions.

    Raises:
        ValueError: a filter that does not exist, or a value that it cannot take.
    """
    filters = {"path": path} | ({"method": method} if method else {}) | wanted
    return sorted(selected(_entries(source), filters), key=lambda entry: entry.seq)


def called(source: Source, method: str, path: str, times: int | None = None, **wanted: str) -> list[Entry]:
    """It was called: exactly ``times`` times, or at least once; answers the exchanges.

    Raises:
        AssertionError: it was not; tells the calls that came nearest.
    """
    found = calls(source, method, path, **wanted)
    if len(found) != times if times is not None else not found:
        expected = "at least once" if times is None else f"{times} times"
        asked = " ".join([f"{method} {path}", *(f"{name}={value}" for name, value in wanted.items())])
        message = f"expected {asked} {expected}, found {len(found)} of it{_nearest(source, method, path)}"
        raise AssertionError(message)
    return found


def not_called(source: Source, method: str = "", path: str = "*", **wanted: str) -> None:
    """It was never called.

    Raises:
        AssertionError: it was; tells the first calls.
    """
    found = calls(source, method, path, **wanted)
    if found:
        message = f"expected no {method or 'call'} {path}, found {len(found)}:{_listed(found)}"
        raise AssertionError(message)


def called_in_order(source: Source, *expected: tuple[str, str]) -> list[Entry]:
    """These (method, path) were called in this order, whatever came between; answers the exchanges.

    Raises:
        AssertionError: one is missing after those before it.
    """
    found: list[Entry] = []
    rest = iter(sorted(_entries(source), key=lambda entry: entry.seq))
    for method, path in expected:
        for entry in rest:
            if entry.method == method and fnmatchcase(entry.path, path):
                found.append(entry)
                break
        else:
            after = f" after {found[-1].method} {found[-1].path} (seq {found[-1].seq})" if found else ""
            message = f"expected {method} {path}{after}, and it did not come{_nearest(source, method, path)}"
            raise AssertionError(message)
    return found


def none_refused(source: Source, **wanted: str) -> None:
    """Nobody was refused by the limiter.

    Raises:
        AssertionError: somebody was; tells the first of them.
    """
    not_called(source, verdict="refused", **wanted)


def waited_as_told(source: Source, client: str) -> None:
    """After each refusal by the limiter, the client did not come before the wait that it was told had passed.

    Whole seconds, as in ``Retry-After``.

    Raises:
        AssertionError: it came too early; tells the first time.
    """
    refusals: dict[str, Entry] = {}  # by environment, since each has a quota of its own
    for entry in calls(source, client=client):
        refused = refusals.get(entry.environment)
        if entry.verdict not in ("admitted", "refused"):
            continue
        if refused is not None and entry.instant < refused.instant + _told(refused.wait):
            early = (refused.instant + _told(refused.wait) - entry.instant) / NANOSECONDS
            message = f"{client} was refused{_listed([refused])}\nand came {early:.3f} s too early:{_listed([entry])}"
            raise AssertionError(message)
        if entry.verdict == "refused":
            refusals[entry.environment] = entry


def _told(wait: int) -> int:
    return max(1, -(-wait // NANOSECONDS)) * NANOSECONDS


def _entries(source: Source) -> Sequence[Entry]:
    return source.entries() if isinstance(source, Journal) else list(source)


def _nearest(source: Source, method: str, path: str) -> str:
    def likeness(entry: Entry) -> float:
        return SequenceMatcher(None, f"{method} {path}", f"{entry.method} {entry.path}").ratio()

    nearest = sorted(_entries(source), key=likeness, reverse=True)[:_SHOWN]
    return f"; nearest:{_listed(nearest)}" if nearest else "; nothing was called at all"


def _listed(entries: Sequence[Entry]) -> str:
    shown = [f"\n  {e.seq}: {e.method} {e.path} → {e.status} {e.verdict} {e.reason}".rstrip() for e in entries[:_SHOWN]]
    more = len(entries) - len(shown)
    return "".join(shown) + (f"\n  and {more} more" if more > 0 else "")
