"""FHIR dates and instants as ranges of microseconds since 1970 UTC.

A date with less than full precision *is* a range (``2024-01`` is the whole month), which is what makes search
prefixes well defined: https://hl7.org/fhir/R4/search.html#date. A date without an offset is read as UTC.
"""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple

MICROSECONDS = 1_000_000
EARLIEST = -(2**62)
LATEST = 2**62

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY = 86_400 * MICROSECONDS
_END_OF_YEARS = 253_402_300_800 * MICROSECONDS  # 10000-01-01T00:00:00Z, which datetime does not reach
_LARGEST_OFFSET = 14 * 60  # minutes; https://hl7.org/fhir/R4/datatypes.html#dateTime
_PATTERN = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)


class Range(NamedTuple):
    """Microseconds since 1970 UTC: from ``low``, up to but not including ``high``."""

    low: int
    high: int


def parse(text: str) -> Range:
    """The range that a FHIR ``date``, ``dateTime`` or ``instant`` stands for.

    Raises:
        ValueError: not a date of FHIR's grammar, or a day or time that does not exist.
    """
    match = _PATTERN.fullmatch(text)
    if not match:
        message = f"{text!r} is not a FHIR date, such as 2024-01, 2024-01-15 or 2024-01-15T10:00:00Z"
        raise ValueError(message)
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if month is None:
        return Range(_micros(int(year), 1, 1), _micros(int(year) + 1, 1, 1))
    if day is None:
        following = (int(year) + int(month) // 12, int(month) % 12 + 1)
        return Range(_micros(int(year), int(month), 1), _micros(*following, 1))
    start = _micros(int(year), int(month), int(day))
    if hour is None:
        return Range(start, start + _DAY)
    return _time_range(start, int(hour), int(minute), second, fraction, offset)


def _time_range(
    start: int, hour: int, minute: int, second: str | None, fraction: str | None, offset: str | None
) -> Range:
    if hour > 23 or minute > 59 or int(second or 0) > 60:
        message = f"{hour:02}:{minute:02}:{second or '00'} is not a time of day"
        raise ValueError(message)
    low = start + ((hour * 60 + minute) * 60 + int(second or 0)) * MICROSECONDS - _offset(offset)
    if second is None:
        return Range(low, low + 60 * MICROSECONDS)
    if fraction is None:
        return Range(low, low + MICROSECONDS)
    digits = (fraction + "000000")[:6]
    low += int(digits)
    return Range(low, low + max(1, 10 ** (6 - len(fraction))))


def _offset(text: str | None) -> int:
    if text is None or text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:6])
    if minutes > 59 or hours * 60 + minutes > _LARGEST_OFFSET:
        message = f"{text} is not an offset from UTC"
        raise ValueError(message)
    return (hours * 60 + minutes) * 60 * MICROSECONDS * (-1 if text[0] == "-" else 1)


def _micros(year: int, month: int, day: int) -> int:
    if not 1 <= month <= 12:
        message = f"there is no month {month:02}"
        raise ValueError(message)
    if year < 1:
        message = "there is no year 0000"
        raise ValueError(message)
    if year > 9999:
        return _END_OF_YEARS
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        message = f"{year:04}-{month:02} has no day {day:02}"
        raise ValueError(message) from None
    return days * _DAY


def instant(micros: int) -> str:
    """A FHIR ``instant`` in UTC with milliseconds, such as ``2024-01-15T10:00:00.000Z``."""
    moment = _EPOCH.replace(tzinfo=None) + timedelta(microseconds=micros)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def http_date(micros: int) -> str:
    """An HTTP date (RFC 9110 §5.6.7), such as ``Mon, 15 Jan 2024 10:00:00 GMT``."""
    return _http_date(micros // MICROSECONDS)


@lru_cache(maxsize=4096)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
