"""All pages of a search, each resource once, and nothing that is not a match."""

import itertools
from typing import Any

import pytest

from athena_fhir_client.errors import Forbidden, ForeignHost, ProtocolError, SearchRefused
from athena_fhir_client.fhir.bundles import SearchWarning
from athena_fhir_client.fhir.search import Pages, parameters_of, resources
from athena_fhir_client.functions import search_resources
from tests.client.in_process import BASE, PATIENT, Known

URL = "https://ehr.example/fhir/Observation"


def page(*ids: str, next: str = "", **more: Any) -> dict[str, Any]:
    entry = [{"resource": {"resourceType": "Observation", "id": id}, "search": {"mode": "match"}} for id in ids]
    link = [{"relation": "next", "url": next}] if next else []
    return {"resourceType": "Bundle", "type": "searchset", "entry": entry, "link": link, **more}


def pages(*bundles: dict[str, Any], prefetch: bool = True) -> Pages:
    coming = itertools.cycle(bundles)
    return Pages(lambda *_, **__: next(coming), URL, [("patient", "1")], prefetch)


@pytest.mark.parametrize("prefetch", [True, False])
def test_all_pages_come_and_each_resource_once(known: Known, prefetch: bool) -> None:
    client = known.client()
    asked = {"patient": PATIENT, "_count": 40}
    found = [each["id"] for each in client.search("Observation", asked, prefetch=prefetch)]
    total = client.json("GET", "Observation", params={"patient": PATIENT, "_count": 0})["total"]
    assert len(found) == len(set(found)) == total > 80


def test_a_list_is_or_and_a_pair_twice_is_and(known: Known) -> None:
    asked = [
        ("patient", PATIENT),
        ("date", "ge2020-01-01"),
        ("date", "lt2024-01-01"),
        ("category", ["laboratory", "vital-signs"]),
    ]
    found = list(known.client().search("Observation", asked))
    assert found
    assert all("2020" <= each["effectiveDateTime"][:4] < "2024" for each in found)


def test_keywords_are_parameters() -> None:
    assert parameters_of({"_count": 5}, birth_date="1970", code__not="x", active=True, name=None) == [
        ("_count", "5"),
        ("birth-date", "1970"),
        ("code:not", "x"),
        ("active", "true"),
    ]


def test_what_does_not_fit_into_a_url_is_posted(known: Known) -> None:
    ids = [PATIENT, *(f"a-500001.E-{10_000_000 + number}" for number in range(150))]
    assert [each["id"] for each in known.client().search("Patient", {"_id": ids})] == [PATIENT]
    assert known.adapter.sent[-1].method == "POST"
    assert (known.adapter.sent[-1].url or "").endswith("/Patient/_search")


def test_includes_come_on_wish_only(known: Known) -> None:
    client, asked = known.client(), {"patient": PATIENT, "_include": "Observation:patient", "_count": 5}
    alone = list(itertools.islice(client.search("Observation", asked), 5))
    both = list(itertools.islice(client.search("Observation", asked, with_includes=True), 6))
    assert {each["resourceType"] for each in alone} == {"Observation"}
    assert [each["resourceType"] for each in both].count("Patient") == 1


def test_the_guides_function_takes_endpoint_and_token(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    client = known.client()
    monkeypatch.setattr("athena_fhir_client.functions.client_of", lambda endpoint, token: client)  # noqa: ARG005
    asked = {"patient": PATIENT, "category": "LAB", "date": "ge2024-01-01"}
    found = search_resources(BASE, client.token_auth.token().access_token, "DiagnosticReport", asked)
    assert "CBC Panel" in [each["code"]["text"] for each in found]


def test_an_outcome_within_a_200_is_an_error(athena: Known) -> None:
    client = athena.client(scope="system/Observation.rs", practice="500001")
    with pytest.raises(SearchRefused, match="invalid"):
        list(client.search("Observation", {"patient": "806"}))


def test_an_outcome_that_is_no_error_is_a_warning_and_no_match() -> None:
    bundle = page("1")
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning", "code": "value", "diagnostics": "odd"}],
    }
    bundle["entry"].append({"resource": outcome, "search": {"mode": "outcome"}})
    with pytest.warns(SearchWarning, match="value: odd"):
        assert [each["id"] for each in resources(pages(bundle))] == ["1"]


def test_the_practice_is_sent_where_it_is_asked_for(athena: Known) -> None:
    scope = "system/Observation.rs system/Patient.rs"
    client = athena.client(scope=scope, practice="500001")
    assert client.read("Patient", PATIENT)["id"] == PATIENT
    assert len(list(client.search("Observation", {"patient": PATIENT, "_count": 50}))) > 50
    assert all("a-1.Practice-500001" in (each.url or "") for each in athena.adapter.sent[-2:])


def test_a_missing_combination_is_a_403_that_says_so(athena: Known) -> None:
    client = athena.client(scope="system/MedicationRequest.rs", practice="500001")
    with pytest.raises(Forbidden, match=r"\[\[patient,intent\],\[_id\]\]"):
        list(client.search("MedicationRequest", {"patient": PATIENT}))


@pytest.mark.requirement("SMA-100")
def test_a_next_link_to_another_host_is_not_followed() -> None:
    with pytest.raises(ForeignHost, match="another host"):
        list(resources(pages(page("1", next="https://evil.example/fhir/Observation?page=2"))))


@pytest.mark.parametrize("prefetch", [True, False])
def test_links_that_lead_in_a_circle_end_with_an_error(prefetch: bool) -> None:
    first, second = page("1", next=f"{URL}?page=2"), page("2", next=f"{URL}?page=1")
    with pytest.raises(ProtocolError, match=r"back to a page before|the same as one before"):
        list(resources(pages(first, second, prefetch=prefetch)))


def test_a_page_that_comes_again_under_another_link_ends_with_an_error() -> None:
    same = [page("1", next=f"{URL}?page={number}") for number in range(5)]
    with pytest.raises(ProtocolError, match="the same as one before"):
        list(resources(pages(*same)))


def test_what_is_no_searchset_is_said() -> None:
    with pytest.raises(ProtocolError, match="expected a Bundle of type 'searchset'"):
        list(resources(pages({"resourceType": "Patient"})))
