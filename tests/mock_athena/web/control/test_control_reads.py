"""Health, journal, limits and clients by request."""

from typing import Any

import pytest

from mock_athena import __version__
from tests.mock_athena.web.in_process import Athena


def test_health(athena: Athena) -> None:
    answer = athena.control("GET", "health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "version": __version__})


def test_the_journal_is_filtered_by_query(athena: Athena) -> None:
    athena.fill()
    assert athena.get("/Patient").status_code == 429
    told = athena.control("GET", "journal?status=429&client=mock-client").get_json()
    (entry,) = told["entries"]
    assert (entry["status"], entry["verdict"], entry["client_id"]) == (429, "refused", "mock-client")
    assert {"seq", "instant", "method", "path", "reason"} <= set(entry)
    assert entry["instant"].partition(".")[2].__len__() == 9
    assert (told["counters"]["total"], told["counters"]["status.429"]) == (17, 1)
    assert athena.control("GET", f"journal?since={entry['instant']}").get_json()["entries"]
    assert athena.control("GET", "journal?client=other").get_json()["entries"] == []


@pytest.mark.parametrize("query", ["colour=red", "status=many", "since=NaN", "since=today", "self=1"])
def test_a_filter_that_is_not_one_is_refused(athena: Athena, query: str) -> None:
    answer = athena.control("GET", f"journal?{query}")
    assert (answer.status_code, "expected" in answer.get_json()["error"]) == (400, True)


def test_limits_show_every_caller_in_each_environment(athena: Athena) -> None:
    athena.fill()
    athena.send("GET", "/fhir/r4/sandbox/Patient", athena.token())
    athena.send("GET", "/fhir/r4/Patient")
    told = athena.control("GET", "limits").get_json()
    assert told["policy"] == "mission"
    production, sandbox = told["callers"]
    assert (production["environment"], production["client_id"]) == ("production", "mock-client")
    assert production["limits"][0] == {
        "name": "burst", "quota": 16, "window": 2, "used": 16, "remaining": 0, "reset_in": 2,
    }  # fmt: skip
    assert float(production["next_admissible"]) == pytest.approx(float(told["now"]) + 2)
    assert (sandbox["environment"], sandbox["limits"][0]["used"]) == ("sandbox", 1)
    assert sandbox["next_admissible"] == told["now"]


def test_limits_are_empty_before_anybody_came_and_where_there_are_none(make_athena: Any) -> None:
    assert make_athena().control("GET", "limits").get_json()["callers"] == []
    athena = make_athena(limits="off")
    athena.get("/Patient")
    told = athena.control("GET", "limits").get_json()
    assert told["policy"] == "off"
    assert all(caller["limits"] == [] for caller in told["callers"])


def test_a_registered_client_can_be_used_at_once(athena: Athena) -> None:
    wanted = {"client_id": "mine", "client_secret": "s3cret", "grant_types": ["client_credentials"]}
    answer = athena.control("POST", "clients", wanted | {"scope": "system/*.read"})
    assert (answer.status_code, answer.get_json()["client_id"]) == (201, "mine")
    form = {"grant_type": "client_credentials", "scope": "system/*.read"}
    token = athena.send("POST", "/oauth2/v1/token", data=form, auth=("mine", "s3cret")).get_json()["access_token"]
    assert athena.get("/Patient", token).status_code == 200
    listed = [client["client_id"] for client in athena.control("GET", "clients").get_json()["clients"]]
    assert {"mock-client", "mock-public", "mock-backend", "mock-readonly", "mine"} == set(listed)


@pytest.mark.parametrize("body", [{"client_name": 1.5}, {"client_name": "\ud800"}, {"colour": "red"}])
def test_metadata_that_cannot_be_used_are_refused(athena: Athena, body: dict[str, Any]) -> None:
    before = athena.control("GET", "clients").data
    answer = athena.control("POST", "clients", body)
    assert (answer.status_code, set(answer.get_json())) == (400, {"error"})
    assert athena.control("GET", "clients").data == before


def test_reset_restores_everything(athena: Athena) -> None:
    before = [athena.control("GET", path).data for path in ("clock", "clients", "limits", "journal")]
    store = athena.world.environments["production"].store
    store.put({"resourceType": "Patient", "id": "new"}, athena.clock.now())
    job = athena.get("/$export", headers={"Prefer": "respond-async"}).headers["Content-Location"]
    athena.control(
        "POST", "clients", {"client_id": "mine", "grant_types": ["client_credentials"], "scope": "system/*.rs"}
    )
    athena.control("POST", "clock", {"advance": 100})
    athena.fill()
    athena.control("POST", "faults", {"kind": "status"})
    assert athena.control("POST", "reset").get_json() == {"status": "reset"}
    assert [athena.control("GET", path).data for path in ("clock", "clients", "limits", "journal")] == before
    assert athena.get("/Patient/new").status_code == 404
    assert athena.get(job.removeprefix("http://localhost/fhir/r4")).status_code == 404
    assert athena.get("/Patient").get_json()["total"] == 2
