"""Instants with the offset of US Eastern time, as the real API writes many of them.

The rule is that of https://www.law.cornell.edu/uscode/text/15/260a since 2007: summer time from the second Sunday of
March to the first of November, at two in the morning. It is written out, because not every machine has a time zone
database.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache

_WINTER, _SUMMER = timezone(timedelta(hours=-5)), timezone(timedelta(hours=-4))


@lru_cache(maxsize=1 << 8)  # what is written at one moment stands together
def local(instant: str) -> str:
    """``2024-07-01T14:00:00.000Z`` → ``2024-07-01T10:00:00.000-04:00``; a text without time or with an offset stays."""
    if not instant.endswith("Z"):
        return instant
    moment = datetime.fromisoformat(instant)
    precision = "milliseconds" if "." in instant else "seconds"
    return moment.astimezone(_zone(moment)).isoformat(timespec=precision)


def midnight(instant: str) -> str:
    """The local midnight that begins the day of an instant, with milliseconds and offset."""
    day = local(instant)[:10]
    return f"{day}T00:00:00.000{'-04:00' if _is_summer(date.fromisoformat(day)) else '-05:00'}"


def day_of(instant: str) -> str:
    """The local day of an instant."""
    return local(instant)[:10]


def _zone(moment: datetime) -> timezone:
    begins, ends = _summer(moment.year)
    return _SUMMER if begins <= moment < ends else _WINTER


def _is_summer(day: date) -> bool:
    """Whether the midnight that begins ``day`` is in summer time."""
    begins, ends = _summer(day.year)
    return begins.date() < day <= ends.date()


@cache
def _summer(year: int) -> tuple[datetime, datetime]:
    march, november = date(year, 3, 8), date(year, 11, 1)
    first, last = (day + timedelta(days=(6 - day.weekday()) % 7) for day in (march, november))
    return (
        datetime(first.year, first.month, first.day, 7, tzinfo=UTC),
        datetime(last.year, last.month, last.day, 6, tzinfo=UTC),
    )
