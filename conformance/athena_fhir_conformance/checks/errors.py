"""How a server refuses: statuses, outcomes, and nothing that should not be told. FHIR R4, operationoutcome.html."""

import re

from athena_fhir_conformance.asking import outcome_problem
from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, skip

NOWHERE = "a-1.E-99999999"
OAUTH_ERRORS = {
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "unsupported_response_type",
    "server_error",
    "temporarily_unavailable",
    "invalid_token",
    "insufficient_scope",
    "unsupported_token_type",
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "login_required",
    "consent_required",
}
TELLTALE = re.compile(
    r"Traceback \(most recent|File \"/|\.py\", line|at [\w.$]+\([\w.]+:\d+\)|/usr/|/home/|/var/|sqlite3?\.|psycopg"
)


def refusals(target: Target, sample: Sample) -> list[Exchange]:
    """Requests that are refused, each for another reason."""
    id = sample.patient()["id"]
    return [
        target.get(f"Patient/{NOWHERE}"),
        target.get("NoSuchType/1"),
        target.get("Observation", params={"patient": id, "date": "junk"}),
        target.get(f"Patient/{id}", token="no-such-token"),
        target.get(f"Patient/{id}", token=None),
    ]


def of_fhir(target: Target, sample: Sample) -> list[Exchange]:
    """The refusals that the FHIR server itself made; a gateway's words before it are its own."""
    told = [each for each in refusals(target, sample) if not each.ok]  # what was not refused has its own check
    if target.profile.string_details:
        return [each for each in told if each.resource_type == "OperationOutcome"]
    return told


@check("ERR-001", "ERR-007")
def a_search_that_fails_is_400_with_an_outcome(target: Target, sample: Sample, profile: Profile) -> None:
    answer = target.get("Observation", params={"patient": sample.patient()["id"], "date": "junk"})
    assert answer.status in profile.refused_search, f"{answer} for a date that is none, expected 400"
    problem = outcome_problem(answer, profile.string_details)
    assert not problem, problem


@check("ERR-002")
def every_refusal_has_an_outcome(target: Target, sample: Sample, profile: Profile) -> None:
    for answer in of_fhir(target, sample):
        problem = outcome_problem(answer, profile.string_details)
        assert not problem, problem


@check("ERR-003")
def outcomes_use_the_codes_of_fhir(target: Target, sample: Sample, profile: Profile) -> None:
    seen = [each for each in refusals(target, sample) if each.resource_type == "OperationOutcome"]
    assert seen, "no refusal has an OperationOutcome"
    for answer in seen:
        problem = outcome_problem(answer, profile.string_details)
        assert not problem, problem


@check("ERR-004")
def outcomes_explain(target: Target, sample: Sample) -> None:
    for answer in of_fhir(target, sample):
        for issue in answer.json.get("issue", []):
            details = issue.get("details") or {}
            text = details if isinstance(details, str) else details.get("text") or issue.get("diagnostics")
            assert text, f"{answer} has neither details.text nor diagnostics"


@check("ERR-005")
def outcomes_name_the_parameter(target: Target, sample: Sample, profile: Profile) -> None:
    answer = target.get("Observation", params={"patient": sample.patient()["id"], "date": "junk"})
    if profile.string_details:
        omit("the real API names none")
    issue = answer.json["issue"][0]
    told = " ".join([*issue.get("expression", []), *issue.get("location", [])])
    assert "date" in told, f"{answer}: expression and location are {told!r}"


@check("ERR-006")
def outcomes_are_fhir_json(target: Target, sample: Sample) -> None:
    for answer in of_fhir(target, sample):
        assert answer.media_type == "application/fhir+json", f"{answer} is {answer.media_type}"


@cases(
    "token",
    [
        case(None, id="none"),
        case("no-such-token", id="unknown"),
        case("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", id="unsigned"),
    ],
)
@check("ERR-008")
def who_has_no_token_is_401(target: Target, sample: Sample, token: str | None) -> None:
    answer = target.get(f"Patient/{sample.patient()['id']}", token=token)
    assert answer.status == 401, f"{answer}, expected 401"


@check("ERR-008")
def a_token_that_was_changed_is_401(target: Target, sample: Sample) -> None:
    good = target.tokens.usual() or skip("there is no token to change")
    changed = good[:-6] + ("AAAAAA" if not good.endswith("AAAAAA") else "BBBBBB")
    answer = target.get(f"Patient/{sample.patient()['id']}", token=changed)
    assert answer.status == 401, f"{answer} with a token whose end was changed, expected 401"


@check("ERR-010")
def what_is_not_there_is_404(target: Target) -> None:
    for path in (f"Patient/{NOWHERE}", "NoSuchType/1"):
        answer = target.get(path)
        assert answer.status == 404, f"{answer}, expected 404"


@check("ERR-011")
def a_wrong_method_is_405(target: Target) -> None:
    answer = target.send("PUT", "metadata", json={})
    assert answer.status == 405, f"{answer}, expected 405"
    assert answer.headers.get("Allow"), f"{answer} has no Allow header"


@check("ERR-012")
def a_format_that_is_not_there_is_406_or_json(target: Target, sample: Sample) -> None:
    answer = target.get(f"Patient/{sample.patient()['id']}", headers={"Accept": "application/x-no-such-format"})
    tolerated = target.profile.name != "mission" and answer.status == 200 and answer.media_type.endswith("json")
    assert answer.status == 406 or tolerated, f"{answer}, expected 406"


@check("ERR-014")
def reading_is_never_a_conflict(target: Target, sample: Sample) -> None:
    wrong = [each for each in target.exchanges if each.method == "GET" and each.status in (409, 412, 422)]
    for each in refusals(target, sample):
        assert each.status not in (409, 412, 422), f"{each}"
    assert not wrong, f"{wrong[0]}, which is for writing"


FUZZ = [
    "%00",
    "'--",
    "\\",
    "a" * 3000,
    "ge",
    "|||",
    "1..2",
    "{}",
    "\u0000x",
    "Patient/",
    "../..",
    "💉",
    "%zz",
    "-",
    "$,|",
]


@cases("name", ["patient", "date", "code", "_id", "_count", "_lastUpdated"])
@check("ERR-016")
def odd_values_are_no_fault_of_the_server(target: Target, sample: Sample, name: str) -> None:
    id = sample.patient()["id"]
    for value in FUZZ if name in ("code", "date") else FUZZ[::3]:
        answer = target.get("Observation", params={"patient": id, "_count": "1", name: value})
        assert answer.status < 500, f"{answer} for an odd value of {name}"
        assert answer.status < 400 or not TELLTALE.search(answer.text), f"{answer} tells of its inside"


@check("ERR-017", "ERR-019")
def the_token_endpoint_has_oauth_errors(target: Target) -> None:
    answer = target.tokens.post({"grant_type": "no-such-grant"}, ("no-such-client", "no-such-secret"))
    assert answer.status in (400, 401), f"{answer}, expected 400 or 401"
    told = answer.json.get("error")
    assert told in OAUTH_ERRORS, f"{answer} has the error {told!r}, which OAuth does not know"
    assert "resourceType" not in answer.json, f"{answer} is an OperationOutcome"


@check("ERR-021")
def outcomes_say_whether_it_is_the_token(target: Target, sample: Sample) -> None:
    answer = target.get(f"Patient/{sample.patient()['id']}", token="no-such-token")
    if answer.resource_type != "OperationOutcome":
        omit("the answer to a bad token is no OperationOutcome")
    codes = {issue["code"] for issue in answer.json["issue"]}
    assert codes <= {"login", "expired", "security", "unknown"}, f"{answer} has the codes {sorted(codes)}"


@check("ERR-022")
def the_inside_is_not_told(target: Target, sample: Sample) -> None:
    for answer in [*refusals(target, sample), *(each for each in target.exchanges if each.status >= 400)]:
        told = TELLTALE.search(answer.text)
        assert not told, f"{answer} tells of its inside: {told[0] if told else ''}"


@check("ERR-023")
def two_tokens_are_refused(target: Target, sample: Sample) -> None:
    bearer = f"Bearer {target.tokens.usual()}, Bearer no-such-token"
    answer = target.send("GET", f"Patient/{sample.patient()['id']}", token=None, headers={"Authorization": bearer})
    assert answer.status in (400, 401), f"{answer} with two tokens, expected 400 or 401"


@check("ERR-024")
def a_token_in_the_url_is_refused(target: Target, sample: Sample) -> None:
    path = f"Patient/{sample.patient()['id']}"
    answer = target.send("GET", path, token=None, params={"access_token": target.tokens.usual()})
    assert answer.status in (400, 401), f"{answer}, expected 401"


@check("MIS-F3", profiles=("mission",))
def a_wrong_type_and_a_wrong_base_are_told_apart(target: Target) -> None:
    type, base = target.get("NoSuchType/1"), target.get("/fhir/r5/Patient/1")
    assert (type.status, base.status) == (404, 404), f"{type}; {base}; expected 404 for both"
    assert type.text != base.text, "an unsupported type and a wrong base URL have the same answer"


@check("MIS-F1", profiles=("mission",))
def a_wrong_client_is_401_and_a_missing_scope_403(target: Target, sample: Sample) -> None:
    answer = target.tokens.post({"grant_type": "client_credentials"}, ("no-such-client", "no-such-secret"))
    assert answer.status == 401, f"{answer} for a wrong client, expected 401"
    if not target.credentials.can_ask:
        skip("a token of another scope needs --client-id")
    token = target.tokens.of("system/Patient.read")
    answer = target.get("Observation", token=token, params={"patient": sample.patient()["id"]})
    assert answer.status == 403, f"{answer} without the scope, expected 403"
