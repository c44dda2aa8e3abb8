"""Date parameters: prefixes and ranges, https://hl7.org/fhir/R4/search.html#prefix."""

from typing import Any

import pytest

from mock_athena.store import ResourceStore
from tests.mock_athena.search.conftest import LOADED, found, observation, resource

FEBRUARY: dict[str, dict[str, Any]] = {
    "jan": {"effectiveDateTime": "2024-01"},
    "feb": {"effectiveDateTime": "2024-02"},
    "feb10": {"effectiveDateTime": "2024-02-10"},
    "feb10t": {"effectiveDateTime": "2024-02-10T23:30:00-05:00"},  # in UTC already the 11th
    "inst": {"effectiveInstant": "2024-02-20T08:00:00.250Z"},
    "p": {"effectivePeriod": {"start": "2024-01-20", "end": "2024-02-15"}},
    "from": {"effectivePeriod": {"start": "2024-02-12"}},
    "until": {"effectivePeriod": {"end": "2024-01-31"}},
    "always": {"effectivePeriod": {}},
    "undated": {},
}


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("2024-02", "feb feb10 feb10t inst"),
        ("eq2024-02", "feb feb10 feb10t inst"),
        ("2024-02-10", "feb10"),
        ("2024-02-11", "feb10t"),
        ("2024-02-10T23:30:00-05:00", "feb10t"),
        ("2024-02-11T04:30:00Z", "feb10t"),
        ("2024-02-11T06:30:00 02:00", "feb10t"),  # a plus sign that was not encoded
        ("2024-02-20T08:00:00Z", "inst"),
        ("2024-02-20T08:00:00.250Z", "inst"),
        ("2024-02-20T08:00:00.251Z", ""),
        ("ne2024-02", "jan p from until always"),
        ("gt2024-02", "from always"),
        ("gt2024-02-10", "feb feb10t inst p from always"),
        ("ge2024-02-10", "feb feb10 feb10t inst p from always"),
        ("lt2024-02", "jan p until always"),
        ("lt2024-01-20", "jan until always"),
        ("le2024-01", "jan until always"),
        ("le2024-02-10", "jan feb feb10 p until always"),
        ("sa2024-01-31", "feb feb10 feb10t inst from"),
        ("sa2024-02-11", "inst from"),
        ("eb2024-02", "jan until"),
        ("eb2024-02-16", "jan feb10 feb10t p until"),
        ("2024-01,2024-02-10", "jan feb10"),
    ],
)
@pytest.mark.parametrize("also", ["", "&patient=p", "&status=final", "&_id=" + ",".join(FEBRUARY)])
def test_prefixes_compare_ranges(store: ResourceStore, value: str, ids: str, also: str) -> None:
    store.load([observation(id, **content) for id, content in FEBRUARY.items()], LOADED)
    assert found(store, f"Observation?date={value}{also}") == sorted(ids.split())


def test_two_bounds_are_an_interval(store: ResourceStore) -> None:
    store.load([observation(id, **content) for id, content in FEBRUARY.items()], LOADED)
    assert found(store, "Observation?date=ge2024-02-10&date=lt2024-02-11") == sorted(["feb", "feb10", "p", "always"])


@pytest.mark.parametrize(
    ("value", "ids"),
    [("2000", "y d"), ("2000-01-01", "d"), ("ne2000-01-01", "y"), ("gt2000-01-01", "y"), ("ge2001", "")],
)
def test_a_date_that_does_not_order_its_type_is_compared_the_same(store: ResourceStore, value: str, ids: str) -> None:
    people = [
        resource("Patient", "y", birthDate="2000"),
        resource("Patient", "d", birthDate="2000-01-01"),
        resource("Patient", "unknown"),
    ]
    store.load(people, LOADED)
    assert found(store, f"Patient?birthdate={value}") == sorted(ids.split())


def test_approximately_widens_by_a_tenth_of_the_distance_from_now(store: ResourceStore) -> None:
    store.load([observation("ten-years-ago", effectiveDateTime="2014-06-01")], LOADED)
    assert found(store, "Observation?date=ap2013-08-01") == ["ten-years-ago"]
    assert found(store, "Observation?date=ap2012-06-01") == []


def test_last_updated_is_a_date_of_every_type(store: ResourceStore) -> None:
    meta = {"versionId": "1", "lastUpdated": "2020-05-05T10:00:00.500Z"}
    store.load([observation("old", meta=meta), observation("new")], LOADED)
    assert found(store, "Observation?_lastUpdated=lt2021") == ["old"]
    assert found(store, "Observation?_lastUpdated=gt2020-05-05T10:00:00.500Z") == ["new"]
    assert found(store, "Observation?_lastUpdated=ge2020-05-05T10:00:00.500Z&patient=p") == ["new", "old"]
    assert found(store, "Observation?_lastUpdated=2020-05-05T10:00:00Z&_id=old,new") == ["old"]
