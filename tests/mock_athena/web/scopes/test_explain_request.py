"""``POST /_mock/explain`` with a request: what would become of it, which it is then seen to be. Nothing is done."""

from typing import Any

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, BO, Athena
from tests.mock_athena.web.scopes.conftest import LAB, Asking, provider
from tests.mock_athena.web.writes.writer import observation

FHIR = {"Content-Type": "application/fhir+json"}
EXPORT = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
GONE = "Observation/a-500001.none"
CASES: list[tuple[str, str, str, str, dict[str, Any], str | None]] = [
    # scopes, patient, method, path, more of the request, the rule that refuses it
    ("system/Observation.rs", "", "GET", "Observation?_count=1", {}, None),
    ("system/Observation.r", "", "GET", "Observation?_count=1", {}, "scope"),
    ("system/Observation.s", "", "GET", GONE, {}, "scope"),
    ("system/Observation.rs", "", "GET", GONE, {}, "not there"),
    ("system/Observation.rs", "", "GET", "Observation?date=never", {}, "request"),
    ("patient/*.rs", ADA, "GET", f"Patient/{ADA}", {}, None),
    ("patient/*.rs", ADA, "GET", f"Patient/{BO}", {}, "out of reach"),
    ("patient/*.rs", ADA, "GET", f"Patient/{BO}/_history", {}, "out of reach"),
    ("patient/*.rs", ADA, "GET", f"Patient/{BO}/$everything", {}, "out of reach"),
    ("patient/*.rs", ADA, "GET", f"Observation?patient={BO}", {}, None),
    ("system/*.rs", "", "GET", "Frob/1", {}, "not there"),
    ("system/*.rs", "", "GET", "nowhere/at/all/there", {}, "not there"),
    ("system/*.cruds", "", "DELETE", f"Patient/{ADA}", {}, None),
    ("system/*.rs", "", "DELETE", f"Patient/{ADA}", {}, "scope"),
    ("patient/*.cruds", ADA, "DELETE", f"Patient/{BO}", {}, "out of reach"),
    ("system/*.cruds", "", "POST", "Observation", {"body": observation(ADA), "headers": FHIR}, None),
    (
        "system/*.cruds",
        "",
        "POST",
        "Observation",
        {"body": {"resourceType": "Observation"}, "headers": FHIR},
        "request",
    ),
    ("system/Observation.c?status=amended", "", "POST", "Observation", {"body": observation(ADA)}, "scope"),
    ("system/*.cruds", "", "PUT", GONE, {"body": observation(ADA, id="a-500001.none")}, None),
    ("system/*.rs", "", "GET", "$export", {"headers": EXPORT}, None),
    ("system/*.r", "", "GET", "$export?_type=Observation", {"headers": EXPORT}, "scope"),
    ("patient/*.rs", ADA, "GET", "Group/a-1.C-500001/$export", {"headers": EXPORT}, "not there"),
    ("system/*.rs", "", "GET", "bulkstatus/none", {}, "not there"),
    ("system/*.rs", "", "PATCH", "metadata", {}, "method"),
]


@pytest.mark.parametrize(("scope", "patient", "method", "path", "more", "rule"), CASES)
def test_it_says_what_then_happens(
    athena: Athena, scope: str, patient: str, method: str, path: str, more: dict[str, Any], rule: str | None
) -> None:
    asking = Asking(athena, scope, patient or None)
    before = state(athena)
    told = asking.explained(method, path, **more)
    assert state(athena) == before
    assert (told["rule"], told["allowed"]) == (rule, rule is None), told
    answer = asking.send(method, path, json=more.get("body"), headers=FHIR | more.get("headers", {}))
    assert told["status"] == answer.status_code, (told, answer.text)
    if rule:
        assert answer.get_json()["issue"][0]["diagnostics"] in told["why"]


def state(athena: Athena) -> Any:
    world = athena.world
    return (
        [here.store.snapshot().seq for here in world.environments.values()],
        [here.store.records.all("export-job") for here in world.environments.values()],
        len(athena.journal()),
        [(each.key, each.standings) for each in world.limiter.standings()],
    )


def test_a_missing_letter_is_named(athena: Athena) -> None:
    told = Asking(athena, "patient/Observation.r", ADA).explained("GET", "Observation")
    assert told["missing"] == {"scope": "patient/Observation.rs", "letter": "s", "type": "Observation"}
    assert "grants r (read) and lacks s (search): reading by id is not searching" in told["why"]
    told = Asking(athena, "patient/Observation.s", ADA).explained("GET", "Observation/1")
    assert told["missing"]["letter"] == "r"
    assert "grants s (search) and lacks r (read): searching is not reading by id" in told["why"]


def test_what_is_not_told_to_the_caller_is_told_here(athena: Athena) -> None:
    told = Asking(athena, "patient/*.rs", ADA).explained("GET", f"Patient/{BO}")
    assert f"Patient/{BO} exists, out of reach" in told["why"]
    assert f"(of Patient/{ADA})" in told["why"]
    told = Asking(athena, "patient/*.rs", ADA).explained("GET", "Patient/nobody")
    assert "no Patient of id nobody" in told["why"]
    vital = athena.get("/Observation?category=vital-signs&_count=1").get_json()["entry"][0]["resource"]["id"]
    narrow = Asking(athena, f"system/Observation.rs?{LAB}").explained("GET", f"Observation/{vital}")
    assert (narrow["rule"], f"system/Observation.rs?{LAB}" in narrow["why"]) == ("out of reach", True)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "Observation"), ("PUT", "Observation/1"), ("PATCH", "Observation/1")]
)
def test_without_a_body_the_right_alone_is_asked_for(athena: Athena, method: str, path: str) -> None:
    told = Asking(athena, "system/*.cruds").explained(method, path)
    assert (told["allowed"], "as far as can be told without its body" in told["why"]) == (True, True)
    assert Asking(athena, "system/*.rs").explained(method, path)["rule"] == "scope"


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_a_bundle_is_tried_and_nothing_of_it_stays(athena: Athena, kind: str) -> None:
    asking = Asking(athena, "system/*.cruds")
    sent = {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"resource": observation(ADA), "request": {"method": "POST", "url": "Observation"}}],
    }
    before, total = state(athena), asking.total("Observation")
    told = asking.explained("POST", "", body=sent)
    assert (told["allowed"], told["status"]) == (True, 200), told
    assert (state(athena)[0], asking.total("Observation")) == (before[0], total)
    sent["entry"][0]["request"]["url"] = "Frob"  # type: ignore[index]
    assert asking.explained("POST", "", body=sent)["allowed"] is (kind == "batch")


def test_a_url_is_as_good_as_a_path_and_says_the_environment(athena: Athena) -> None:
    asking = Asking(athena, "system/*.rs")
    request = {"path": "http://127.0.0.1:8080/fhir/r4/sandbox/Patient?name=x"}
    told = athena.control("POST", "explain", {"token": asking.token, "request": request}).get_json()["request"]
    assert (told["environment"], told["allowed"], told["method"]) == ("sandbox", True, "GET")


def test_a_sign_in_at_the_other_environment_is_told(athena: Athena) -> None:
    asking = provider(athena, "user/*.rs")
    request = {"path": "/fhir/r4/sandbox/Patient?name=x"}
    told = athena.control("POST", "explain", {"token": asking.token, "request": request}).get_json()["request"]
    assert (told["rule"], "a-1.Practice-195900" in told["why"]) == ("scope", True), told
    assert asking.send("GET", "Patient?name=x", base="/fhir/r4/sandbox").status_code == 403


def test_a_token_that_is_not_good_is_the_first_rule(athena: Athena) -> None:
    told = athena.control("POST", "explain", {"token": "x", "request": {"path": "/fhir/r4/Patient"}}).get_json()[
        "request"
    ]
    assert (told["status"], told["rule"], told["allowed"]) == (401, "token", False)
    public = {"token": "x", "request": {"path": "/fhir/r4/metadata"}}
    assert athena.control("POST", "explain", public).get_json()["request"]["allowed"] is True


def test_the_quota_is_told_and_not_spent(make_athena: MakeAthena) -> None:
    limited = make_athena()
    asking = Asking(limited, "system/*.rs")
    fresh = asking.explained("GET", "Patient?_count=1")
    assert (fresh["allowed"], fresh["quota"]["wait"]) == (True, 0)
    limited.fill(asking.token)
    told = asking.explained("GET", "Patient?_count=1")
    assert (told["allowed"], told["status"], told["rule"]) == (False, 429, "rate limit")
    refused = asking.get("Patient?_count=1")
    assert refused.status_code == 429
    assert 0 < told["quota"]["wait"] <= float(refused.headers["Retry-After"])


def test_in_the_athena_profile_the_missing_practice_is_named(make_athena: MakeAthena) -> None:
    real = make_athena(profile="athena", limits="off")
    asking = Asking(real, "system/Patient.rs")
    told = asking.explained("GET", f"Patient/{ADA}")
    assert (told["status"], told["rule"], "ah-practice is missing" in told["why"]) == (400, "practice", True)
    assert asking.explained("GET", f"Patient/{ADA}?ah-practice=a-1.Practice-500001")["allowed"] is True
    assert asking.explained("GET", "Observation?ah-practice=a-1.Practice-500001")["rule"] == "scope"
