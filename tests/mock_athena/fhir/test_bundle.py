"""Bundles joined from bytes are valid Bundles."""

import json
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from mock_athena.fhir.bundle import entries, outcome_entry, searchset
from mock_athena.fhir.outcome import issue, operation_outcome

PATIENT = {"resourceType": "Patient", "id": "p-1", "name": [{"family": 'Ünal "Q"'}]}
BASE = "http://127.0.0.1:8080/fhir/r4"
URL = f"{BASE}/Patient"
NOW = "2024-01-15T10:00:00.000Z"


def made(*entries: bytes, total: int | None = None) -> dict[str, Any]:
    body = searchset(entries, [("self", URL), ("next", f"{URL}?cursor=abc")], total, NOW)
    bundle: dict[str, Any] = json.loads(body)
    Bundle.model_validate(bundle)
    return bundle


def test_a_page_of_matches_is_a_valid_bundle() -> None:
    bundle = made(*entries(BASE, [("Patient", "p-1", json.dumps(PATIENT, ensure_ascii=False).encode())]), total=7)
    assert bundle["type"] == "searchset"
    assert bundle["total"] == 7
    assert bundle["entry"] == [{"fullUrl": f"{URL}/p-1", "resource": PATIENT, "search": {"mode": "match"}}]
    assert [link["relation"] for link in bundle["link"]] == ["self", "next"]


def test_an_empty_result_has_no_entry_key() -> None:
    bundle = made(total=0)
    assert "entry" not in bundle
    assert bundle["total"] == 0


def test_a_total_that_was_not_counted_is_left_out() -> None:
    assert "total" not in made()


def test_an_outcome_entry_tells_about_the_search() -> None:
    bundle = made(outcome_entry(operation_outcome(issue("warning", "not-supported", "ignored: ü", ["frobnicate"]))))
    (entry,) = bundle["entry"]
    assert entry["search"]["mode"] == "outcome"
    assert entry["resource"]["issue"][0]["expression"] == ["frobnicate"]
