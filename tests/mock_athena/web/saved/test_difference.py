"""What changed between two snapshots, or since the start, is told element by element."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena

WRITE = "system/*.cruds"


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(start="2026-01-01T00:00:00Z")
    return made


def diff(athena: Athena, query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = athena.control("GET", f"diff{query}").get_json()
    return told


def test_nothing_differs_at_first(athena: Athena) -> None:
    told = diff(athena)
    assert (told["from"], told["to"]) == ("start", "now")
    assert told["resources"] == []
    assert told["state"] == {}
    assert told["clock"]["from"] == told["clock"]["to"]
    assert not any(any(told[part].values()) for part in ("jobs", "limits", "faults"))


def test_what_a_test_changed(athena: Athena) -> None:
    known = athena.get(f"/Patient/{ADA}").get_json()
    known["name"][0]["family"] = "Ng"
    known.pop("birthDate")
    athena.send("PUT", f"/fhir/r4/Patient/{ADA}", athena.token(WRITE), json=known)
    made = athena.send("POST", "/fhir/r4/Patient", athena.token(WRITE), json={"resourceType": "Patient"})
    athena.send("DELETE", f"/fhir/r4/Patient/{BO}", athena.token(WRITE))
    athena.control("POST", "clients", {"client_id": "mine", "client_secret": "s" * 20})
    athena.control("POST", "faults", {"kind": "status", "with": {"status": 503}})
    athena.clock.advance(1_000_000_000)
    told = diff(athena)
    changes = {each["id"]: each for each in told["resources"]}
    assert len(changes) == 3
    elements = {each["path"]: (each["from"], each["to"]) for each in changes[ADA]["elements"]}
    assert elements.keys() == {"name[0].family", "birthDate", "meta.versionId", "meta.lastUpdated"}
    assert elements["name[0].family"][1] == "Ng"
    assert elements["birthDate"][1] is None
    assert elements["meta.versionId"] == ("1", "2")
    assert changes[BO]["change"] == "deleted"
    assert changes[made.headers["Location"].split("/Patient/")[1].partition("/")[0]]["change"] == "created"
    assert told["state"]["client"] == {"added": ["mine"], "changed": [], "removed": []}
    assert told["faults"]["added"] == ["1 status"]
    assert told["limits"]["added"] == ["production client mock-client requests"]
    assert told["clock"] == {"from": "2026-01-01T00:00:00.000Z", "to": "2026-01-01T00:00:01.000Z"}


def test_from_one_snapshot_to_another(athena: Athena) -> None:
    made = athena.send("POST", "/fhir/r4/Patient", athena.token(WRITE), json={"resourceType": "Patient"})
    path = made.headers["Location"].removeprefix("http://localhost").partition("/_history")[0]
    athena.control("POST", "snapshots", {"name": "a"})
    athena.send("DELETE", path, athena.token(WRITE))
    athena.control("POST", "snapshots", {"name": "b"})
    (change,) = diff(athena, "?from=a&to=b")["resources"]
    assert change["change"] == "deleted"
    assert diff(athena, "?from=start&to=b")["resources"] == []
    assert diff(athena, "?from=b&to=b")["resources"] == []
    (back,) = diff(athena, "?from=b&to=a")["resources"]
    assert back["change"] == "created"
