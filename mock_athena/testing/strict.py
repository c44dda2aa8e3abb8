"""What in a journal no test expects: errors of the emulator, and requests for what it does not have."""

from collections.abc import Iterable

from mock_athena.journal import Entry

_ROUTELESS = "unknown"


def complaints(entries: Iterable[Entry]) -> list[str]:
    """One sentence for each; empty when all is well.

    An answer of 500 and above is no complaint where a fault was asked for.
    """
    return [f"{why}: {told(entry)}" for entry in entries if (why := _why(entry))]


def as_failure(found: Iterable[str]) -> str:
    """The complaints as what a failed test says."""
    return "\n".join(["what the client did is not what the API has:", *found])


def told(entry: Entry) -> str:
    """An exchange in one line."""
    query = f"?{entry.query}" if entry.query else ""
    reason = f"  {entry.reason}" if entry.reason else ""
    return f"{entry.method} {entry.path}{query} → {entry.status} {entry.verdict}{reason}"


def _why(entry: Entry) -> str:
    if entry.status >= 500 and not entry.faults:
        return "the emulator answered with an error of its own"
    if entry.status == 404 and entry.route == _ROUTELESS:
        return "no route answers this request"
    return ""
