"""US Eastern time by the rule of the law, at its edges: https://www.law.cornell.edu/uscode/text/15/260a."""

import pytest

from mock_athena.population.shapes.eastern import day_of, local, midnight


@pytest.mark.parametrize(
    ("utc", "eastern"),
    [
        ("2024-01-15T12:00:00Z", "2024-01-15T07:00:00-05:00"),
        ("2024-07-01T14:00:00.000Z", "2024-07-01T10:00:00.000-04:00"),
        ("2024-03-10T06:59:59Z", "2024-03-10T01:59:59-05:00"),
        ("2024-03-10T07:00:00Z", "2024-03-10T03:00:00-04:00"),
        ("2024-11-03T05:59:59Z", "2024-11-03T01:59:59-04:00"),
        ("2024-11-03T06:00:00Z", "2024-11-03T01:00:00-05:00"),
    ],
)
def test_an_instant_is_told_by_the_clock_on_the_wall(utc: str, eastern: str) -> None:
    assert local(utc) == eastern


@pytest.mark.parametrize("text", ["2024", "2024-01-15", "2024-01-15T12:00:00-08:00"])
def test_what_has_no_time_or_its_own_offset_stays(text: str) -> None:
    assert local(text) == text


@pytest.mark.parametrize(
    ("utc", "begun"),
    [
        ("2024-03-10T12:00:00Z", "2024-03-10T00:00:00.000-05:00"),
        ("2024-03-11T12:00:00Z", "2024-03-11T00:00:00.000-04:00"),
        ("2024-11-03T12:00:00Z", "2024-11-03T00:00:00.000-04:00"),
        ("2024-11-04T12:00:00Z", "2024-11-04T00:00:00.000-05:00"),
        ("2024-07-01T03:00:00Z", "2024-06-30T00:00:00.000-04:00"),
    ],
)
def test_the_midnight_that_begins_a_day_has_the_offset_of_its_hour(utc: str, begun: str) -> None:
    assert midnight(utc) == begun
    assert day_of(utc) == begun[:10]
