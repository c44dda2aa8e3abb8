"""Export jobs that are moved by request, and from the command line."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(start="2026-01-01T00:00:00Z", export_duration=600.0)
    return made


@pytest.fixture
def job(athena: Athena) -> str:
    answer = athena.send("GET", "/fhir/r4/sandbox/$export", athena.token(), headers={"Prefer": "respond-async"})
    return answer.headers["Content-Location"].rpartition("/")[2]


def test_a_job_is_moved_on_and_finished(athena: Athena, job: str) -> None:
    moved = athena.control("POST", f"jobs/{job}/advance", {"seconds": 60}).get_json()
    assert (moved["id"], moved["environment"], moved["state"], moved["progress"]) == (job, "sandbox", "in-progress", 10)
    assert athena.control("POST", f"jobs/{job}/finish").get_json()["state"] == "complete"
    status = athena.send("GET", f"/fhir/r4/sandbox/bulkstatus/{job}", athena.token())
    assert status.status_code == 200
    assert athena.control("POST", f"jobs/{job}/expire").get_json()["state"] == "expired"
    assert athena.send("GET", f"/fhir/r4/sandbox/bulkstatus/{job}", athena.token()).status_code == 404


def test_a_job_fails_with_what_is_said(athena: Athena, job: str) -> None:
    assert athena.control("POST", f"jobs/{job}/fail", {"message": "no disk"}).get_json()["state"] == "failed"
    assert b"no disk" in athena.send("GET", f"/fhir/r4/sandbox/bulkstatus/{job}", athena.token()).data


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("nope/finish", None, 404, "no export job nope"),
        ("{job}/explode", None, 404, "advance, finish, fail, expire"),
        ("{job}/expire", None, 409, "is in-progress"),
        ("{job}/advance", {}, 400, "seconds = None"),
        ("{job}/advance", {"seconds": -1}, 400, "seconds = -1"),
        ("{job}/advance", {"seconds": True}, 400, "seconds = True"),
        ("{job}/advance", {"minutes": 1}, 400, "unknown: minutes"),
        ("{job}/fail", {"message": ""}, 400, "message = ''"),
    ],
)
def test_what_cannot_be_says_why(athena: Athena, job: str, path: str, body: Any, status: int, says: str) -> None:
    answer = athena.control("POST", f"jobs/{path.format(job=job)}", body)
    assert answer.status_code == status
    assert says in answer.get_json()["error"]
