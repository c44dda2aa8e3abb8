"""Assertions over the journal: they hold, or they say what there was instead."""

from typing import Any

import pytest

from mock_athena.journal import Entry
from mock_athena.journal.assertions import called, called_in_order, calls, none_refused, not_called, waited_as_told
from tests.mock_athena.test_journal import ENTRY, journal

SECOND = 1_000_000_000
START = ENTRY.instant


def entry(seq: int, path: str, after: float = 0, method: str = "GET", **changes: Any) -> Entry:
    return ENTRY._replace(seq=seq, path=path, method=method, instant=START + round(after * SECOND), **changes)


READ, SEARCH = entry(1, "/fhir/r4/Patient/1"), entry(2, "/fhir/r4/Observation")
POSTED = entry(3, "/fhir/r4/Patient/_search", method="POST", client_id="other")
KEPT = journal(POSTED, READ, SEARCH)


def test_calls_are_found_by_method_path_and_filters() -> None:
    assert calls(KEPT) == [READ, SEARCH, POSTED]
    assert calls(KEPT, "GET") == [READ, SEARCH]
    assert calls([SEARCH, READ], path="*/Patient/*") == [READ]
    assert calls(KEPT, client="other") == [POSTED]
    with pytest.raises(ValueError, match="unknown filter 'colour'"):
        calls(KEPT, colour="red")


def test_called() -> None:
    assert called(KEPT, "GET", "/fhir/r4/Patient/*") == [READ]
    assert called(KEPT, "GET", "/fhir/r4/*", times=2) == [READ, SEARCH]
    assert called(KEPT, "GET", "/fhir/r4/Goal", times=0) == []
    with pytest.raises(AssertionError, match=r"expected GET /fhir/r4/\* 3 times, found 2"):
        called(KEPT, "GET", "/fhir/r4/*", times=3)
    with pytest.raises(AssertionError) as told:
        called(KEPT, "GET", "/fhir/r4/Observations", status="200")
    lines = str(told.value).splitlines()
    assert lines[0] == "expected GET /fhir/r4/Observations status=200 at least once, found 0 of it; nearest:"
    assert lines[1] == "  2: GET /fhir/r4/Observation → 200 admitted"
    with pytest.raises(AssertionError, match="nothing was called at all"):
        called([], "GET", "*")


def test_not_called() -> None:
    not_called(KEPT, "DELETE")
    not_called(KEPT, status="429")
    none_refused(KEPT)
    with pytest.raises(
        AssertionError, match=r"expected no POST \*, found 1:\n  3: POST /fhir/r4/Patient/_search → 200"
    ):
        not_called(KEPT, "POST")
    many = [entry(n, "/x", verdict="refused", status=429) for n in range(9)]
    with pytest.raises(AssertionError, match=r"found 9:(.|\n)*and 4 more"):
        none_refused(many)


def test_called_in_order() -> None:
    assert called_in_order(KEPT, ("GET", "*/Patient/*"), ("POST", "*")) == [READ, POSTED]
    with pytest.raises(AssertionError, match=r"expected GET \*/Patient/\* after POST .*_search \(seq 3\)"):
        called_in_order(KEPT, ("POST", "*"), ("GET", "*/Patient/*"))


def refused(seq: int, after: float, wait: float) -> Entry:
    return entry(seq, "/x", after, verdict="refused", status=429, wait=round(wait * SECOND))


@pytest.mark.parametrize("came", [2.0, 2.5, 100])
def test_who_waits_as_told_is_fine(came: float) -> None:
    waited_as_told([refused(1, 0, 1.2), entry(2, "/x", came)], "mock-client")


@pytest.mark.parametrize("came", [0, 1.2, 1.999999999])
def test_who_comes_before_is_told_by_how_much(came: float) -> None:
    with pytest.raises(AssertionError, match=rf"came {2 - came:.3f} s too early"):
        waited_as_told([refused(1, 0, 1.2), entry(2, "/x", came)], "mock-client")


def test_only_what_spends_the_same_quota_counts() -> None:
    others = [
        entry(2, "/oauth2/v1/token", 0.1, verdict="unlimited"),
        entry(3, "/x", 0.2, environment="sandbox"),
        entry(4, "/x", 0.3, client_id="other"),
    ]
    waited_as_told([refused(1, 0, 1.2), *others], "mock-client")
