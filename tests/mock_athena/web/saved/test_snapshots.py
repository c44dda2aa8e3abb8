"""A snapshot is the whole emulator as it was: what is restored answers as it did then."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

WRITE = "system/*.cruds"
PATIENT = {"resourceType": "Patient", "name": [{"family": "Quist", "given": ["Una"]}], "gender": "female"}


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(start="2026-01-01T00:00:00Z", export_duration=60.0)
    return made


def taken(athena: Athena, name: str = "one") -> dict[str, Any]:
    answer = athena.control("POST", "snapshots", {"name": name})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def restore(athena: Athena, name: str = "one") -> None:
    answer = athena.control("POST", f"snapshots/{name}/restore")
    assert answer.status_code == 200, answer.text


def create(athena: Athena, resource: dict[str, Any] = PATIENT) -> str:
    answer = athena.send("POST", "/fhir/r4/Patient", athena.token(WRITE), json=resource)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].split("/Patient/")[1].partition("/")[0]


def change(athena: Athena, id: str, **elements: Any) -> None:
    known = athena.get(f"/Patient/{id}").get_json()
    answer = athena.send("PUT", f"/fhir/r4/Patient/{id}", athena.token(WRITE), json=known | elements)
    assert answer.status_code == 200, answer.text


def test_data_are_as_they_were_to_the_byte(athena: Athena) -> None:
    mine = create(athena)
    athena.clock.advance(5_000_000_000)
    change(athena, ADA, gender="other")
    athena.send("DELETE", f"/fhir/r4/Patient/{mine}", athena.token(WRITE))
    mine_too = create(athena)
    paths = [f"/Patient/{ADA}", f"/Patient/{ADA}/_history", f"/Patient/{mine}", f"/Patient/{mine}/_history/1"]
    paths += [f"/Patient/{mine_too}", "/Patient?gender=other&_elements=id"]
    athena.clock.advance(5_000_000_000)
    before = [athena.get(path).data for path in paths]
    told = taken(athena)
    assert told["versions"] == {"production": 4, "sandbox": 0}
    change(athena, ADA, gender="male")
    change(athena, mine_too, active=False)
    athena.control("POST", "reset")
    for _ in range(2):  # from a reset emulator, and from one that was restored
        restore(athena)
        assert [athena.get(path).data for path in paths] == before
        athena.clock.advance(5_000_000_000)
        change(athena, ADA, gender="unknown")


def test_what_was_written_after_it_is_gone(athena: Athena) -> None:
    taken(athena)
    late = create(athena)
    restore(athena)
    assert athena.get(f"/Patient/{late}").status_code == 404


def test_quotas_are_as_used_as_they_were(athena: Athena) -> None:
    athena.fill()
    taken(athena)
    assert athena.get("/Organization?_count=1").status_code == 429
    athena.control("POST", "reset")
    assert athena.get("/Organization?_count=1").status_code == 200
    restore(athena)
    refused = athena.get("/Organization?_count=1")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")


def test_a_clock_that_stands_stands_where_it_stood(athena: Athena) -> None:
    athena.clock.advance(60_000_000_000)
    taken(athena)
    athena.clock.advance(60_000_000_000)
    restore(athena)
    assert athena.control("GET", "clock").get_json()["instant"] == "2026-01-01T00:01:00.000Z"


def test_an_export_goes_on_from_where_it_was(athena: Athena) -> None:
    mine = create(athena)
    kicked = athena.get("/Patient/$export?_type=Patient", headers={"Prefer": "respond-async"})
    status = kicked.headers["Content-Location"].removeprefix("http://localhost")
    athena.clock.advance(30_000_000_000)
    taken(athena)
    create(athena)
    athena.control("POST", "reset")
    assert athena.send("GET", status, athena.token()).status_code == 404
    restore(athena)
    create(athena)  # is not in the export, which shows what there was when it was asked for
    assert athena.send("GET", status, athena.token()).headers["X-Progress"].startswith("50%")
    athena.clock.advance(30_000_000_000)
    (file,) = athena.send("GET", status, athena.token()).get_json()["output"]
    lines = athena.send("GET", file["url"].removeprefix("http://localhost"), athena.token()).data.splitlines()
    assert file["count"] == len(lines) == 3
    assert mine in [json.loads(line)["id"] for line in lines]


def test_clients_and_tokens_that_ended_are_as_they_were(athena: Athena) -> None:
    assert athena.control("POST", "clients", {"client_id": "late", "client_secret": "s" * 20}).status_code == 201
    form = {"grant_type": "client_credentials", "client_id": "late", "client_secret": "s" * 20, "scope": "system/*.rs"}
    token = athena.send("POST", "/oauth2/v1/token", data=form).get_json()["access_token"]
    revoke = {"token": token, "client_id": "late", "client_secret": "s" * 20}
    assert athena.send("POST", "/oauth2/v1/revoke", data=revoke).status_code == 200
    taken(athena)
    athena.control("POST", "reset")
    assert athena.send("POST", "/oauth2/v1/token", data=form).status_code == 401
    assert athena.get("/Patient?_count=1", token).status_code == 200
    restore(athena)
    assert athena.send("POST", "/oauth2/v1/token", data=form).status_code == 200
    assert athena.get("/Patient?_count=1", token).status_code == 401


def test_faults_have_struck_as_often_as_they_had(athena: Athena) -> None:
    rule = {"kind": "status", "with": {"status": 503}, "match": {"route": "fhir"}, "times": 2}
    assert athena.control("POST", "faults", rule).status_code == 201
    assert athena.get("/Patient?_count=1").status_code == 503
    taken(athena)
    assert athena.get("/Patient?_count=1").status_code == 503
    athena.control("POST", "reset")
    restore(athena)
    assert [athena.get("/Patient?_count=1").status_code for _ in range(2)] == [503, 200]
    assert athena.control("GET", "faults").get_json()["armed"][0]["struck"] == 2


def test_it_travels_as_a_file(athena: Athena, make_athena: Any) -> None:
    mine = create(athena)
    taken(athena)
    document = athena.control("GET", "snapshots/one").get_json()
    other = make_athena(start="2026-01-01T00:00:00Z")
    assert other.control("PUT", "snapshots/brought", document).status_code == 201
    restore(other, "brought")
    assert other.get(f"/Patient/{mine}").data == athena.get(f"/Patient/{mine}").data


def test_what_memory_counted_a_file_goes_on_counting(make_athena: Any, tmp_path: Path) -> None:
    options = {"start": "2026-01-01T00:00:00Z", "limits": "athena"}  # the token endpoint has a shorter state there
    here, there = make_athena(**options), make_athena(**options, counters=f"file:{tmp_path / 'counters'}")
    form = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
    for one, other in ((here, there), (there, here)):
        assert one.send("POST", "/oauth2/v1/token", data=form).status_code == 200
        assert one.get("/Patient?_count=1").status_code == 200
        taken(one)
        document = one.control("GET", "snapshots/one").get_json()
        assert other.control("PUT", "snapshots/brought", document).status_code == 201
        restore(other, "brought")
        assert other.control("GET", "limits").get_json() == one.control("GET", "limits").get_json()


def test_they_are_listed_named_and_forgotten(athena: Athena) -> None:
    assert athena.control("POST", "snapshots").get_json()["name"] == "snapshot-1"
    taken(athena, "b")
    assert [each["name"] for each in athena.control("GET", "snapshots").get_json()["snapshots"]] == ["b", "snapshot-1"]
    assert athena.control("DELETE", "snapshots/b").status_code == 204
    athena.control("POST", "reset")
    assert [each["name"] for each in athena.control("GET", "snapshots").get_json()["snapshots"]] == ["snapshot-1"]


def test_a_state_directory_keeps_them(make_athena: Any, tmp_path: Any) -> None:
    first = make_athena(state_dir=str(tmp_path / "state"), start="2026-01-01T00:00:00Z")
    mine = create(first)
    taken(first)
    again = make_athena(state_dir=str(tmp_path / "state"), start="2026-01-01T00:00:00Z")
    restore(again)
    assert again.get(f"/Patient/{mine}").status_code == 200


def test_another_beginning_is_refused_and_nothing_happens(athena: Athena, make_athena: Any) -> None:
    mine = create(athena)
    taken(athena)
    document = athena.control("GET", "snapshots/one").get_json()
    other = make_athena(patients=1, limits="token-bucket")
    refused = other.control("PUT", "snapshots/one", document)
    assert refused.status_code == 409
    assert "began otherwise (limits mission, not token-bucket; production [" in refused.get_json()["error"]
    broken = document | {"state": [["client"]]}
    refused = athena.control("PUT", "snapshots/one", broken)
    assert (refused.status_code, "damaged" in refused.text) == (400, True)
    assert athena.get(f"/Patient/{mine}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "snapshots", {"name": "a/b"}, 400, "expected up to 64 letters"),
        ("POST", "snapshots", {"name": "now"}, 400, "other than 'now' and 'start'"),
        ("POST", "snapshots", {"nmae": "x"}, 400, "unknown: nmae; expected name"),
        ("POST", "snapshots/nope/restore", None, 404, "no snapshot 'nope'; there is none yet"),
        ("GET", "snapshots/nope", None, 404, "no snapshot 'nope'"),
        ("DELETE", "snapshots/nope", None, 404, "no snapshot 'nope'"),
        ("PUT", "snapshots/x", {}, 400, "not a snapshot"),
        ("PUT", "snapshots/x", {"format": "mock-athena-snapshot/1"}, 409, "began otherwise"),
        ("GET", "diff?from=nope", None, 404, "no snapshot 'nope'"),
        ("GET", "diff?since=x", None, 400, "unknown: since; expected from, to"),
    ],
)
def test_what_cannot_be_says_why(athena: Athena, method: str, path: str, body: Any, status: int, says: str) -> None:
    answer = athena.control(method, path, body)
    assert answer.status_code == status
    assert says in answer.get_json()["error"]
