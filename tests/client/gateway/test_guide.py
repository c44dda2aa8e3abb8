"""The gateway answers as the integration guide prints it, field by field."""

import re
from typing import Any

import pytest
from werkzeug.test import Client

from athena_fhir_client.service import AthenaHealthEnhancedService
from tests.emulator import Emulator

ATHENA = "/api/ehr/athenahealth"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

# Bodies of the guide, word for word.
BULK_REQUEST = {
    "connectionId": "conn_123",
    "exportType": "Patient",
    "resourceTypes": ["Patient", "Observation", "Condition", "DiagnosticReport", "CarePlan", "Encounter"],
    "since": "2024-01-01T00:00:00Z",
}
STARTED = {
    "success": True,
    "data": {
        "id": "job_123",
        "status": "IN_PROGRESS",
        "statusUrl": "https://api.platform.athenahealth.com/fhir/r4/bulkstatus/job_123",
        "startedAt": "2024-01-15T10:00:00Z",
    },
}
IN_PROGRESS = {
    "success": True,
    "data": {"id": "job_123", "status": "IN_PROGRESS", "startedAt": "2024-01-15T10:00:00Z"},
}
COMPLETED = {
    "success": True,
    "data": {
        "id": "job_123",
        "status": "COMPLETED",
        "outputUrls": [
            "https://api.platform.athenahealth.com/fhir/r4/bulkdata/Patient.ndjson",
            "https://api.platform.athenahealth.com/fhir/r4/bulkdata/Observation.ndjson",
        ],
        "startedAt": "2024-01-15T10:00:00Z",
        "completedAt": "2024-01-15T10:15:00Z",
    },
}
SYNC_REQUEST = {
    "connectionId": "conn_123",
    "includeStandard": True,
    "includeEnhanced": True,
    "resourceTypes": ["DiagnosticReport", "CarePlan", "Encounter", "Appointment", "DocumentReference"],
    "since": "2024-01-01T00:00:00Z",
}
SYNCED = {"success": True, "data": {"standardResources": 150, "enhancedResources": 75, "total": 225}}
CAPABILITIES = {
    "success": True,
    "data": {
        "bulkExport": True,
        "diagnosticReports": True,
        "carePlans": True,
        "encounters": True,
        "appointments": True,
        "documentReferences": True,
        "rateLimit": "8 requests/second",
    },
}


def like(found: Any, printed: Any, place: str = "body") -> None:
    """The same fields in the same order, of the same kinds: instants where it has instants, URLs where it has URLs."""
    assert type(found) is type(printed), place
    if isinstance(printed, dict):
        assert list(found) == list(printed), place
        for name, value in printed.items():
            like(found[name], value, f"{place}.{name}")
    elif isinstance(printed, list):
        for at, value in enumerate(found):
            like(value, printed[0], f"{place}[{at}]")
    elif isinstance(printed, str):
        for kind in (INSTANT, re.compile(r"https?://\S+"), re.compile(r"[A-Z_]+")):
            assert bool(kind.fullmatch(found)) == bool(kind.fullmatch(printed)), f"{place}: {found}"


@pytest.mark.requirement("E1", "E2")
def test_a_bulk_export_from_start_to_end(
    http: Client, service: AthenaHealthEnhancedService, manual_emulator: Emulator
) -> None:
    answer = http.post(f"{ATHENA}/bulk-export", json=BULK_REQUEST)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    like(answer.json, STARTED)
    data = answer.get_json()["data"]
    assert data["status"] == "IN_PROGRESS"
    assert data["statusUrl"].startswith(f"{manual_emulator.base}/bulkstatus/")

    path = f"{ATHENA}/bulk-export/{data['id']}"
    like(http.get(path).json, IN_PROGRESS)
    assert http.get(path).get_json()["data"] == {
        "id": data["id"],
        "status": "IN_PROGRESS",
        "startedAt": data["startedAt"],
    }

    manual_emulator.advance(900)
    done = http.get(path).get_json()
    like(done, COMPLETED)
    assert done["data"]["status"] == "COMPLETED"
    names = [url.rpartition("/")[2] for url in done["data"]["outputUrls"]]
    assert sorted(names) == sorted(f"{type}.ndjson" for type in BULK_REQUEST["resourceTypes"])
    assert done["data"]["completedAt"] > done["data"]["startedAt"]

    processed = service.process_bulk_export_data(data["id"])
    assert set(processed.resources) <= set(BULK_REQUEST["resourceTypes"])
    assert service.mirror("conn_123").counts == dict(sorted(processed.resources.items()))
    assert service.process_bulk_export_data(data["id"]).resources == processed.resources


@pytest.mark.requirement("E2")
def test_an_export_that_fails_says_why(http: Client, manual_emulator: Emulator, application: Any) -> None:
    rule = {"kind": "export-failed", "match": {"client": application.id}}
    made = manual_emulator.control("POST", "faults", rule)
    try:
        job = http.post(f"{ATHENA}/bulk-export", json=BULK_REQUEST).get_json()["data"]
        manual_emulator.advance(900)
        failed = http.get(f"{ATHENA}/bulk-export/{job['id']}").get_json()
    finally:
        manual_emulator.control("DELETE", "faults")
    assert made
    assert list(failed["data"]) == ["id", "status", "errorMessage", "startedAt", "completedAt"]
    assert failed["data"]["status"] == "FAILED"
    assert "the export failed" in failed["data"]["errorMessage"]


@pytest.mark.requirement("E3")
def test_enhanced_sync(http: Client, service: AthenaHealthEnhancedService) -> None:
    answer = http.post(f"{ATHENA}/enhanced-sync", json={**SYNC_REQUEST, "since": "2026-09-01T00:00:00Z"})
    assert answer.status_code == 200, answer.text
    like(answer.json, SYNCED)
    data = answer.get_json()["data"]
    assert data["total"] == data["standardResources"] + data["enhancedResources"]
    assert data["total"] == sum(service.mirror("conn_123").counts.values())


@pytest.mark.requirement("E4")
def test_capabilities(http: Client) -> None:
    answer = http.get(f"{ATHENA}/capabilities?connectionId=conn_123")
    assert (answer.status_code, answer.json) == (200, CAPABILITIES)
