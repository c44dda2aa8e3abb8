"""Days and instants of the synthetic record, in UTC: https://hl7.org/fhir/R4/datatypes.html#instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache


def at(day: date, minutes: int) -> datetime:
    """The instant ``minutes`` after midnight UTC of ``day``."""
    return datetime.combine(day, time(), UTC) + timedelta(minutes=minutes)


def date_time(moment: datetime) -> str:
    """A FHIR dateTime to the second, such as ``2024-01-15T10:00:00Z``."""
    return _to_the_second(moment) + "Z"


def instant(moment: datetime) -> str:
    """A FHIR instant, such as ``2024-01-15T10:00:00.000Z``; the record knows no smaller part than the second."""
    return _to_the_second(moment) + ".000Z"


@lru_cache(maxsize=1 << 8)
def _to_the_second(moment: datetime) -> str:
    """What is written at one moment is written at once, so few are enough to remember."""
    return moment.isoformat()[:19]


def years_between(born: date, day: date) -> int:
    """Completed years of age on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the 28th where that is later than the 28th."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def weekday_on_or_after(day: date) -> date:
    """``day``, or the Monday after it where it falls on a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day
