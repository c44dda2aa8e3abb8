"""Which clock ``--clock`` names."""

from mock_athena.clock import LATEST, ManualClock, SystemClock
from mock_athena.errors import ConfigurationError

_FASTEST = 1_000_000


def clock_from(name: str, start: int | None = None) -> SystemClock | ManualClock:
    """The clock that ``--clock`` names: ``system``, ``manual``, or ``xK`` for K times as fast as real time.

    Raises:
        ConfigurationError: any other name, a K that is not a positive number up to a million, or a start before
            1970 or beyond :data:`LATEST`.
    """
    if start is not None and not 0 <= start <= LATEST:
        message = "start: expected an instant from 1970 to the year 8999"
        raise ConfigurationError(message)
    if name == "system":
        return SystemClock(start=start)
    if name == "manual":
        return ManualClock(start)
    try:
        rate = float(name.removeprefix("x")) if name.startswith("x") else 0.0
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= _FASTEST:
        message = f"unknown clock {name!r}: expected 'system', 'manual' or 'x60' (times as fast, up to x{_FASTEST})"
        raise ConfigurationError(message)
    return SystemClock(rate, start)
