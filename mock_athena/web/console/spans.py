"""How far away an instant is, as a page tells it."""

from mock_athena.clock import NANOSECONDS
from mock_athena.fhir.instants import instant

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def span(seconds: int) -> str:
    """The two largest units: ``59 min 30 s``."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def from_now(at: int, now: int) -> str:
    """``in 59 min`` (rounded up) or ``3 s ago`` (rounded down); both in nanoseconds since 1970 UTC."""
    if at > now:
        return f"in {span(-((now - at) // NANOSECONDS))}"
    return f"{span((now - at) // NANOSECONDS)} ago"


def at_and_from_now(at: int, now: int) -> str:
    """The instant itself, and how far away it is."""
    return f"{instant(at // 1000)}, {from_now(at, now)}"
