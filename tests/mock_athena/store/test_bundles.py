"""Bundles: their resources are loaded, and references within them lead to where these are."""

import json
from pathlib import Path
from typing import Any

import pytest

from mock_athena.errors import DataError
from mock_athena.fhir.placeholders import FHIR_BASE
from mock_athena.store.criteria import InCompartment
from tests.mock_athena.store.conftest import ids, observation, patient
from tests.mock_athena.store.loaded import body, bundle, loaded

UUID = "0b7c9f3e-1d2a-4c5b-8e6f-7a8b9c0d1e2f"
BASE = "https://ehr.example/fhir/r4"


def entry(resource: Any, url: str = "", **more: Any) -> dict[str, Any]:
    return {"resource": resource, **({"fullUrl": url} if url else {}), **more}


def test_references_by_urn_become_type_and_id(tmp_path: Path) -> None:
    of_patient = observation("o", "") | {"subject": {"reference": f"urn:uuid:{UUID}"}}
    entries = [entry(patient(UUID), f"urn:uuid:{UUID}"), entry(of_patient, "urn:uuid:" + UUID[::-1])]
    (tmp_path / "one.json").write_text(bundle("transaction", *entries))
    store = loaded(tmp_path)
    assert ids(store.snapshot(), "Observation", InCompartment((UUID,))) == ["o"]
    assert body(store, "Observation", "o")["subject"] == {"reference": f"Patient/{UUID}"}
    store.close()


def test_a_resource_without_an_id_gets_that_of_its_url(tmp_path: Path) -> None:
    nameless = {"resourceType": "Patient"}
    (tmp_path / "one.json").write_text(bundle("batch", entry(nameless, f"urn:uuid:{UUID}")))
    store = loaded(tmp_path)
    assert ids(store.snapshot(), "Patient") == [UUID]
    store.close()


def test_a_search_of_another_server_is_loaded_as_ours(tmp_path: Path) -> None:
    of_patient = observation("o", "") | {
        "subject": {"reference": f"{BASE}/Patient/p"},
        "performer": [{"reference": f"{BASE}/Practitioner/d"}, {"reference": "https://elsewhere.example/Patient/p"}],
        "extension": [{"url": f"{BASE}/Binary/b", "valueAttachment": {"url": f"{BASE}/Observation/o"}}],
    }
    outcome = {"resourceType": "OperationOutcome", "issue": []}
    entries = [entry(of_patient, f"{BASE}/Observation/o"), entry(outcome, search={"mode": "outcome"})]
    (tmp_path / "one.json").write_text(bundle("searchset", *entries))
    store = loaded(tmp_path)
    stored = body(store, "Observation", "o")
    assert ids(store.snapshot(), "Observation", InCompartment(("p",))) == ["o"]
    store.close()
    assert [each["reference"] for each in stored["performer"]] == [
        "Practitioner/d",
        "https://elsewhere.example/Patient/p",
    ]
    assert stored["extension"] == [
        {"url": f"{FHIR_BASE}/Binary/b", "valueAttachment": {"url": f"{BASE}/Observation/o"}}
    ]


def test_of_a_history_the_newest_version_is_loaded(tmp_path: Path) -> None:
    entries = [
        entry(patient("p", gender="female"), f"{BASE}/Patient/p", request={"method": "PUT", "url": "Patient/p"}),
        entry(patient("p", gender="male"), f"{BASE}/Patient/p", request={"method": "POST", "url": "Patient"}),
        {"fullUrl": f"{BASE}/Patient/q", "request": {"method": "DELETE", "url": "Patient/q"}},
        entry(patient("q"), f"{BASE}/Patient/q"),
    ]
    (tmp_path / "one.json").write_text(bundle("history", *entries))
    store = loaded(tmp_path)
    assert ids(store.snapshot(), "Patient") == ["p"]
    assert body(store, "Patient", "p")["gender"] == "female"
    store.close()


def test_decimals_in_a_bundle_keep_their_digits(tmp_path: Path) -> None:
    text = bundle("collection", entry(observation("o", "p", valueQuantity={"value": "DIGITS"})))
    (tmp_path / "one.json").write_text(text.replace('"DIGITS"', "1.100"))
    store = loaded(tmp_path)
    stored = store.snapshot().read("Observation", "o")
    store.close()
    assert stored is not None
    assert b'"value":1.100}' in stored.body


def test_conditional_references_are_resolved_across_files(tmp_path: Path) -> None:
    npi = "http://hl7.org/fhir/sid/us-npi"
    clinicians = [
        {"resourceType": "Practitioner", "id": id, "identifier": [{"system": npi, "value": value}]}
        for id, value in (("one", "1"), ("two", "2"), ("twin", "2"))
    ]
    performers = [{"reference": f"Practitioner?identifier={npi}|{value}"} for value in ("1", "2", "3")]
    (tmp_path / "a.json").write_text(bundle("transaction", entry(observation("o", "p", performer=performers))))
    (tmp_path / "b.ndjson").write_text("\n".join(map(json.dumps, clinicians)))
    store = loaded(tmp_path)
    told = [each["reference"] for each in body(store, "Observation", "o")["performer"]]
    store.close()
    assert told == ["Practitioner/one", performers[1]["reference"], performers[2]["reference"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (bundle("message"), r"one\.json: a Bundle of type 'message'; expected collection, .* or history"),
        ('{"resourceType":"Bundle","type":"batch","entry":{}}', r"one\.json: Bundle\.entry is no list"),
        (bundle("batch", entry(patient("p")), {}), r"one\.json entry 2: an entry without a resource"),
        (
            bundle("batch", entry(patient("p")), entry(patient("p"))),
            r"entry 2: Patient/p comes twice.*/one\.json entry 1;",
        ),
        (bundle("batch", entry([])), r"one\.json entry 1: a JSON list instead of an object"),
        ('{"resourceType":"Patient","id":"1"}\n{"resourceType":"Patient","id":"2"}', r"name it \.ndjson if each"),
        ("[]", r"one\.json: a JSON list instead of an object"),
    ],
)
def test_what_is_wrong_with_a_bundle_is_told_by_file_and_entry(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "one.json").write_text(text)
    with pytest.raises(DataError, match=told):
        loaded(tmp_path)
