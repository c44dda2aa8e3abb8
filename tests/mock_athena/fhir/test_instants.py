"""Dates as ranges of microseconds, checked against the standard library's datetime."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_athena.fhir.instants import EARLIEST, LATEST, Range, http_date, instant, parse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NAIVE = EPOCH.replace(tzinfo=None)

moments = st.datetimes(NAIVE.replace(year=1, day=2), NAIVE.replace(year=9999, month=12, day=30))
offsets = st.integers(-14 * 60, 14 * 60)


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def utc(*parts: int) -> int:
    return micros(datetime(*parts, tzinfo=UTC))  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024", utc(2024, 1, 1), utc(2025, 1, 1)),
        ("2024-12", utc(2024, 12, 1), utc(2025, 1, 1)),
        ("2024-02", utc(2024, 2, 1), utc(2024, 3, 1)),
        ("2024-02-29", utc(2024, 2, 29), utc(2024, 3, 1)),
        ("2024-01-15T10:00", utc(2024, 1, 15, 10), utc(2024, 1, 15, 10, 1)),
        ("2024-01-15T10:00:30", utc(2024, 1, 15, 10, 0, 30), utc(2024, 1, 15, 10, 0, 31)),
        ("2024-01-15T10:00:30Z", utc(2024, 1, 15, 10, 0, 30), utc(2024, 1, 15, 10, 0, 31)),
        ("2024-01-15T10:00:00+05:30", utc(2024, 1, 15, 4, 30), utc(2024, 1, 15, 4, 30, 1)),
        ("2024-01-15T23:00:00-14:00", utc(2024, 1, 16, 13), utc(2024, 1, 16, 13, 0, 1)),
        ("2024-01-15T10:00:00.5Z", utc(2024, 1, 15, 10, 0, 0, 500_000), utc(2024, 1, 15, 10, 0, 0, 600_000)),
        ("2024-01-15T10:00:00.123Z", utc(2024, 1, 15, 10, 0, 0, 123_000), utc(2024, 1, 15, 10, 0, 0, 124_000)),
        ("2024-01-15T10:00:00.1234567Z", utc(2024, 1, 15, 10, 0, 0, 123_456), utc(2024, 1, 15, 10, 0, 0, 123_457)),
        ("2016-12-31T23:59:60Z", utc(2017, 1, 1), utc(2017, 1, 1, 0, 0, 1)),
    ],
)
def test_a_date_is_the_range_that_its_precision_leaves(text: str, low: int, high: int) -> None:
    assert parse(text) == Range(low, high)


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31"])
def test_the_last_year_ends_where_it_ends_and_is_not_open(text: str) -> None:
    end = utc(9999, 12, 31) + 86_400_000_000
    assert parse(text).high == end < LATEST
    assert parse("0001").low == utc(1, 1, 1) > EARLIEST


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "24", "20240115", "2024-1", "2024-13", "2024-00", "2023-02-29", "1900-02-29", "2024-04-31",
        "2024-01-00",
        "0000", "0000-01", "0000-02-31", "2024-01-15T", "2024-01-15T10", "2024-01-15T24:00:00Z", "2024-01-15T10:60:00Z",
        "2024-01-15T10:00:61Z", "2024-01-15T10:00:00+14:01", "2024-01-15T10:00:00+15:00", "2024-01-15T10:00:00+01:60",
        "2024-01-15T10:00:00+0100", "2024-01-15 10:00:00Z", "2024-01-15T10:00:00.Z", "2024-01-15t10:00:00z",
        "2024-01Z", "2024-01-15\n", "２０２４", "yesterday",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text)


@given(moments, offsets)
def test_instants_agree_with_datetime(moment: datetime, offset: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert parse(zoned.isoformat(timespec="microseconds")) == Range(micros(zoned), micros(zoned) + 1)
    whole = zoned.replace(microsecond=0)
    assert parse(whole.isoformat()) == Range(micros(whole), micros(whole) + 1_000_000)


@given(moments)
def test_a_day_lies_in_its_month_and_that_in_its_year(moment: datetime) -> None:
    text = moment.isoformat()
    second, day, month, year = (parse(text[:n]) for n in (19, 10, 7, 4))
    assert year.low <= month.low <= day.low <= second.low < second.high <= day.high <= month.high <= year.high
    assert day.high - day.low == 86_400_000_000


@given(moments)
def test_an_instant_is_read_back_as_its_millisecond(moment: datetime) -> None:
    exact = micros(moment.replace(tzinfo=UTC))
    assert parse(instant(exact)).low == exact // 1000 * 1000


def test_years_have_four_digits() -> None:
    assert instant(utc(812, 3, 4)) == "0812-03-04T00:00:00.000Z"


def test_http_dates_are_in_english_and_gmt() -> None:
    assert http_date(utc(2024, 1, 15, 10, 0, 0, 999_999)) == "Mon, 15 Jan 2024 10:00:00 GMT"
    assert http_date(utc(812, 3, 4)).endswith("04 Mar 0812 00:00:00 GMT")
