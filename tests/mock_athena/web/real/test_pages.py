"""Pages as the real API makes them: in the order of ids, with an id for a cursor, without a total."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.in_process import ADA, Athena

Get = Callable[..., Any]


def next_of(bundle: dict[str, Any]) -> str:
    found = [each["url"] for each in bundle["link"] if each["relation"] == "next"]
    return found[0].removeprefix("http://localhost/fhir/r4") if found else ""


def all_pages(real: Athena, bundle: dict[str, Any]) -> list[dict[str, Any]]:
    pages = [bundle]
    while next_of(pages[-1]):
        pages.append(real.get(next_of(pages[-1])).get_json())
        assert len(pages) < 100
    return pages


def ids(bundle: dict[str, Any]) -> list[str]:
    return [each["resource"]["id"] for each in bundle.get("entry", ())]


def test_a_cursor_is_the_id_with_which_the_next_page_begins(real: Athena, get: Get) -> None:
    pages = all_pages(real, get(f"/Observation?patient={ADA}").get_json())
    assert len(pages) > 3
    for page, following in pairwise(pages):
        assert next_of(page).partition("cursor=")[2] == ids(following)[0]
        assert len(ids(page)) == 20
    found = [id for page in pages for id in ids(page)]
    assert found == sorted(found)
    selection = real.world.environments["production"].store.snapshot()
    assert len(found) == len(set(found))
    assert all(selection.read("Observation", id) for id in found)
    kinds = [id.rsplit("-", 1)[0] for id in found]
    assert sum(one != other for one, other in pairwise(kinds)) == len(set(kinds)) - 1


def test_pages_are_what_a_search_in_one_finds(real: Athena, get: Get) -> None:
    (whole,) = all_pages(real, get(f"/Observation?patient={ADA}&_count=1000").get_json())
    pages = all_pages(real, get(f"/Observation?patient={ADA}&_count=50").get_json())
    assert [id for page in pages for id in ids(page)] == ids(whole)
    assert [len(ids(page)) for page in pages[:-1]] == [50] * (len(pages) - 1)


def test_there_are_self_and_next_and_no_total(get: Get) -> None:
    for query in ("", "&_total=accurate", "&_summary=count", "&_count=0"):
        bundle = get(f"/Observation?patient={ADA}{query}").get_json()
        assert "total" not in bundle
        assert "id" not in bundle
        assert [each["relation"] for each in bundle["link"]] == ["self", "next"]
        assert len(ids(bundle)) == 20


def test_an_entry_links_to_itself(get: Get) -> None:
    entry = get(f"/Patient?_id={ADA}").get_json()["entry"][0]
    url = f"http://localhost/fhir/r4/Patient/{ADA}"
    assert list(entry) == ["fullUrl", "link", "search", "resource"]
    assert (entry["fullUrl"], entry["search"]) == (url, {"mode": "match"})
    assert entry["link"] == [{"relation": "self", "url": url}]


def test_resources_tell_no_version_and_some_not_when_they_changed(get: Get) -> None:
    for path in (f"/Patient?_id={ADA}", f"/Observation?patient={ADA}", f"/Procedure?patient={ADA}"):
        for entry in get(path).get_json()["entry"]:
            meta = entry["resource"].get("meta", {})
            assert "versionId" not in meta
            assert ("lastUpdated" in meta) == ("Procedure" not in path)
            assert meta != {} or "meta" not in entry["resource"]


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        ("2026-07-01T12:00:00.789Z", "2026-07-01T08:00:00.000-04:00"),
        ("2027-01-05T02:30:00Z", "2027-01-04T21:30:00.000-05:00"),
    ],
)
def test_time_is_that_of_the_east_coast(make_athena: Any, instant: str, told: str) -> None:
    real = make_athena(profile="athena", limits="off", start=instant)
    bundle = real.get("/Organization?_id=a-1.Practice-500001&ah-practice=a-1.Practice-500001").get_json()
    assert bundle["timestamp"] == told


def test_what_comes_between_two_pages_is_seen(real: Athena, get: Get) -> None:
    first = get(f"/CarePlan?patient={ADA}&_count=1").get_json()
    store = real.world.environments["production"].store
    real.clock.advance(NANOSECONDS)
    store.put(
        {"resourceType": "CarePlan", "id": "zzz", "subject": {"reference": f"Patient/{ADA}"}},
        real.clock.now(),
    )
    pages = all_pages(real, first)
    assert ids(pages[-1]) == ["zzz"]


def test_a_cursor_that_is_no_id_is_refused(real: Athena, get: Get) -> None:
    answer = get(f"/Observation?patient={ADA}&cursor=AA_B!")
    assert answer.status_code == 400
    assert answer.get_json()["issue"] == [
        {"severity": "error", "code": "business-rule", "details": "Invalid FHIR request"}
    ]
    assert real.last_reason().startswith("cursor=AA_B!: expected the id")


def test_what_has_no_cursor_comes_on_one_page(real: Athena, get: Get) -> None:
    bundle = get(f"/QuestionnaireResponse?patient={ADA}&_count=1").get_json()
    assert "_count" not in bundle["link"][0]["url"]
    assert not next_of(bundle)
    everything = real.world.environments["production"].store.snapshot()
    assert all(everything.read("QuestionnaireResponse", id) for id in ids(bundle))


def test_documents_can_be_sorted_over_pages(real: Athena, get: Get) -> None:
    pages = all_pages(real, get(f"/DocumentReference?patient={ADA}&_sort=-date&_count=3").get_json())
    dates = [each["resource"]["date"] for page in pages for each in page["entry"]]
    found = [id for page in pages for id in ids(page)]
    assert len(pages) > 1
    assert len(found) == len(set(found)) == len(ids(get(f"/DocumentReference?patient={ADA}&_count=1000").get_json()))
    assert dates == sorted(dates, reverse=True)
    answer = get(f"/DocumentReference?patient={ADA}&_sort=-date&cursor=a-500001.Nothing-1")
    assert answer.status_code == 400
    assert real.last_reason() == "cursor=a-500001.Nothing-1: nothing of this id is found by this search"


def test_medications_and_provenance_come_along(get: Get) -> None:
    includes = "_include=MedicationRequest:medication&_revinclude=Provenance:target"
    entries = get(f"/MedicationRequest?patient={ADA}&intent=order&{includes}").get_json()["entry"]
    assert {each["search"]["mode"] for each in entries} == {"match", "include"}
    assert "Medication" in {each["resource"]["resourceType"] for each in entries}
    along = get(f"/Condition?patient={ADA}&_include=Condition:ah-practice").get_json()["entry"]
    assert along[-1]["resource"]["id"] == "a-1.Practice-500001"
