"""The export jobs of both environments, by request."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(start="2026-01-01T00:00:00Z", export_duration=600.0)
    return made


def kick_off(athena: Athena, path: str) -> str:
    answer = athena.send("GET", path, athena.token(), headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    return answer.headers["Content-Location"].rpartition("/")[2]


def jobs(athena: Athena) -> list[dict[str, Any]]:
    answer = athena.control("GET", "jobs")
    assert answer.status_code == 200
    listed: list[dict[str, Any]] = answer.get_json()["jobs"]
    return listed


def test_there_is_none_before_anybody_asked(athena: Athena) -> None:
    assert jobs(athena) == []


def test_a_job_is_shown_with_its_instants(athena: Athena) -> None:
    id = kick_off(athena, "/fhir/r4/Patient/$export?_type=Patient,Observation")
    athena.control("POST", "clock", {"advance": 150})
    (job,) = jobs(athena)
    assert set(job.pop("types")) == {"Patient", "Observation"}
    assert job == {
        "id": id, "environment": "production", "level": "Patient", "group": None, "client_id": "mock-client",
        "state": "in-progress", "progress": 25, "started": "2026-01-01T00:00:00.000Z",
        "ready": "2026-01-01T00:10:00.000Z", "expires": "2026-01-02T00:10:00.000Z",
    }  # fmt: skip


def test_both_environments_are_shown_and_the_state_follows_the_clock(athena: Athena) -> None:
    kick_off(athena, "/fhir/r4/$export")
    kick_off(athena, "/fhir/r4/sandbox/$export")
    athena.control("POST", "clock", {"advance": 600})
    assert [(job["environment"], job["state"], job["progress"]) for job in jobs(athena)] == [
        ("production", "complete", 100), ("sandbox", "complete", 100),
    ]  # fmt: skip
    athena.control("POST", "clock", {"advance": 86_400})
    assert {job["state"] for job in jobs(athena)} == {"expired"}


def test_looking_spends_no_quota_and_a_reset_forgets(athena: Athena) -> None:
    kick_off(athena, "/fhir/r4/$export")
    before = athena.control("GET", "limits").data
    assert len(jobs(athena)) == 1
    assert athena.control("GET", "limits").data == before
    athena.control("POST", "reset")
    assert jobs(athena) == []
