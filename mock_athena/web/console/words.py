"""Instants and durations, as a screen tells them; what statements of the integration guide say."""

from datetime import UTC, datetime

from mock_athena.clock import NANOSECONDS
from mock_athena.fhir.instants import instant

# The statements that a refusal may keep (Refusal.requirement), in our words.
REQUIREMENTS = {
    "C2": "Every limited answer tells of the limit (X-RateLimit-Limit, -Remaining, -Reset); a 429 says when to come "
    "back (Retry-After).",
    "F1": "401 or 403 for a wrong client, an expired or revoked token and a missing scope: get a new token, or ask for "
    "the scope.",
    "F3": "404 for a wrong id, a patient who may not be seen, an unsupported type and a wrong base URL. The first two "
    "look alike, so that nothing leaks; the journal says which it was.",
}


def time_of_day(nanoseconds: int) -> str:
    """``09:00:01.250``, UTC."""
    at = datetime.fromtimestamp(nanoseconds // NANOSECONDS, UTC)
    return f"{at:%H:%M:%S}.{nanoseconds % NANOSECONDS // 1_000_000:03d}"


def full(nanoseconds: int) -> str:
    """As FHIR writes an instant, with microseconds."""
    return instant(nanoseconds // 1000)


def span(nanoseconds: int) -> str:
    """``340 µs``, ``12.5 ms``, ``1.25 s``, ``3 min 20 s``, ``5 h 3 min``, ``2 d``, ``0 s``."""
    if not nanoseconds:
        return "0 s"
    if nanoseconds < 1_000_000:
        return f"{nanoseconds / 1e3:.0f} µs"
    if nanoseconds < NANOSECONDS:
        return f"{nanoseconds / 1e6:.1f} ms"
    seconds = nanoseconds / NANOSECONDS
    for unit, length, smaller, of in (("d", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= length:
            few = int(seconds % length // of)
            return f"{int(seconds // length)} {unit}" + (f" {few} {smaller}" if few else "")
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"


def from_now(at: int, now: int) -> str:
    """``in 59 min`` (whole seconds, rounded up) or ``3 s ago`` (rounded down); both in nanoseconds since 1970 UTC."""
    seconds = (at - now + NANOSECONDS - 1) // NANOSECONDS
    return f"in {span(seconds * NANOSECONDS)}" if at > now else f"{span(-seconds * NANOSECONDS)} ago"


def at_and_from_now(at: int, now: int) -> str:
    """The instant itself, and how far away it is."""
    return f"{full(at)}, {from_now(at, now)}"
