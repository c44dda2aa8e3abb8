"""A bulk export from kick-off to deletion: https://hl7.org/fhir/uv/bulkdata/STU2/export.html."""

import gzip
import json
from typing import Any

import pytest
import requests

from tests.emulator import PATIENT, RegisteredClient

TYPES = "Patient,Condition,AllergyIntolerance"


def kicked_off(session: requests.Session, url: str, **parameters: str) -> str:
    """The address of the job's status."""
    answer = session.get(url, params=parameters, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer.headers["Content-Location"]


def manifest(session: requests.Session, client: RegisteredClient, url: str, **parameters: str) -> dict[str, Any]:
    """The manifest of an export that was waited for; the clock is moved on, so that quota is no concern."""
    status_url = kicked_off(session, url, **parameters)
    client.emulator.advance(10)
    answer = session.get(status_url)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def resources(session: requests.Session, url: str) -> list[dict[str, Any]]:
    answer = session.get(url)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def session(manual_client: RegisteredClient) -> requests.Session:
    return manual_client.session()


def test_it_is_in_progress_until_its_time_and_then_complete(
    manual_client: RegisteredClient, session: requests.Session
) -> None:
    status_url = kicked_off(session, f"{manual_client.emulator.base}/Patient/$export")
    assert status_url.startswith(f"{manual_client.emulator.base}/bulkstatus/")

    waiting = session.get(status_url)
    assert waiting.status_code == 202
    assert waiting.headers["X-Progress"].startswith("0%")
    assert int(waiting.headers["Retry-After"]) >= 1

    manual_client.emulator.advance(1)
    assert session.get(status_url).headers["X-Progress"].startswith("50%")
    manual_client.emulator.advance(1)
    complete = session.get(status_url)
    assert complete.status_code == 200
    assert complete.json()["requiresAccessToken"] is True


def test_the_files_hold_as_many_resources_as_the_manifest_says(
    manual_client: RegisteredClient, session: requests.Session
) -> None:
    told = manifest(session, manual_client, f"{manual_client.emulator.base}/$export", _type=TYPES)
    assert sorted(file["type"] for file in told["output"]) == sorted(TYPES.split(","))
    for file in told["output"]:
        found = resources(session, file["url"])
        assert len(found) == file["count"]
        assert {resource["resourceType"] for resource in found} == {file["type"]}


def test_a_file_is_the_same_compressed_or_not(manual_client: RegisteredClient, session: requests.Session) -> None:
    told = manifest(session, manual_client, f"{manual_client.emulator.base}/Patient/$export", _type="Observation")
    (file,) = told["output"]
    plain = session.get(file["url"], headers={"Accept-Encoding": "identity"}, stream=True)
    packed = session.get(file["url"], headers={"Accept-Encoding": "gzip"}, stream=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    body, sent = plain.raw.read(), packed.raw.read(decode_content=False)
    assert gzip.decompress(sent) == body
    assert len(sent) < len(body) / 5


def test_a_group_is_exported_as_its_members(manual_client: RegisteredClient, session: requests.Session) -> None:
    base = manual_client.emulator.base
    (entry,) = session.get(f"{base}/Group").json()["entry"]
    members = {member["entity"]["reference"] for member in entry["resource"]["member"]}
    told = manifest(session, manual_client, f"{base}/Group/{entry['resource']['id']}/$export", _type="Patient")
    found = resources(session, told["output"][0]["url"])
    assert {f"Patient/{patient['id']}" for patient in found} == members
    assert f"Patient/{PATIENT}" in members


def test_since_leaves_out_what_did_not_change(manual_client: RegisteredClient, session: requests.Session) -> None:
    url = f"{manual_client.emulator.base}/Patient/$export"
    everything = manifest(session, manual_client, url, _type="Observation")["output"][0]["count"]
    recent = manifest(session, manual_client, url, _type="Observation", _since="2026-01-01T00:00:00Z")
    found = resources(session, recent["output"][0]["url"])
    assert 0 < len(found) < everything
    assert min(resource["meta"]["lastUpdated"] for resource in found) >= "2026-01-01"


def test_after_its_deletion_neither_status_nor_files_are_there(
    manual_client: RegisteredClient, session: requests.Session
) -> None:
    url = f"{manual_client.emulator.base}/Patient/$export"
    status_url = kicked_off(session, url, _type="Patient")
    manual_client.emulator.advance(2)
    (file,) = session.get(status_url).json()["output"]
    assert session.delete(status_url).status_code == 202
    for gone in (status_url, file["url"]):
        answer = session.get(gone)
        assert answer.status_code == 404
        assert answer.json()["resourceType"] == "OperationOutcome"


def test_another_client_cannot_see_the_job(manual_client: RegisteredClient, session: requests.Session) -> None:
    status_url = kicked_off(session, f"{manual_client.emulator.base}/Patient/$export")
    stranger = manual_client.emulator.register().session()
    assert stranger.get(status_url).status_code in (403, 404)
    assert stranger.delete(status_url).status_code in (403, 404)
    assert session.get(status_url).status_code == 202
