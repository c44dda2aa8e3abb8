"""Kick-off over HTTP."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

Send = Callable[..., TestResponse]
ASYNC = {"Prefer": "respond-async", "Accept": "application/fhir+json"}


@pytest.mark.requirement("BKO-001", "BKO-002", "BKO-003", "BKO-004", "BKO-005", "BKO-006")
@pytest.mark.parametrize("path", ["/fhir/r4/$export", "/fhir/r4/Patient/$export", "/fhir/r4/Group/g-1/$export"])
def test_an_accepted_export_says_absolutely_where_to_poll(send: Send, path: str) -> None:
    answer = send("GET", path, headers=ASYNC)
    assert answer.status_code == 202
    assert answer.headers["Content-Location"].startswith("http://ehr.test/fhir/r4/bulkstatus/")
    assert answer.content_type.startswith("application/fhir+json")
    assert answer.json["issue"][0]["severity"] == "information"  # type: ignore[index]
    assert send("GET", answer.headers["Content-Location"]).status_code == 202


def test_an_accepted_export_says_when_to_poll_first(send: Send, clock: Any) -> None:
    answer = send("GET", "/fhir/r4/$export", headers=ASYNC)
    polled = send("GET", answer.headers["Content-Location"])
    assert answer.headers["Retry-After"] == polled.headers["Retry-After"] == "120"


def test_in_the_sandbox_the_url_is_the_sandboxs(send: Send) -> None:
    answer = send("GET", "/fhir/r4/$export", headers=ASYNC, environment="sandbox")
    assert answer.headers["Content-Location"].startswith("http://ehr.test/fhir/r4/sandbox/bulkstatus/")


def test_a_group_id_with_underscore_finds_the_one_with_hyphen(send: Send) -> None:
    assert send("GET", "/fhir/r4/Group/g_1/$export", headers=ASYNC).status_code == 202


@pytest.mark.parametrize("level", ["Group/g-1", "Group/g_1", "Patient"])
@pytest.mark.parametrize("base", ["", "http://EHR.test:80/fhir/r4/", "https://api.platform.athenahealth.com/fhir/r4/"])
def test_a_filter_may_name_a_resource_absolutely_as_a_search_may(send: Send, clock: Any, level: str, base: str) -> None:
    path = f"/fhir/r4/{level}/$export?_typeFilter=Condition%3Fsubject%3D{base}Patient/p1&_type=Condition"
    kicked = send("GET", path, headers=ASYNC)
    clock.advance(600 * 10**9)
    manifest: Any = send("GET", kicked.headers["Content-Location"]).json
    assert [file["count"] for file in manifest["output"]] == [1]


@pytest.mark.requirement("BKO-014")
def test_preferences_may_be_joined_in_one_header(send: Send) -> None:
    both = {"Prefer": "Respond-Async; wait=5, handling=lenient"}
    assert send("GET", "/fhir/r4/$export?foo=1", headers=both).status_code == 202
    assert send("GET", "/fhir/r4/$export?foo=1", headers=ASYNC).status_code == 400


REFUSALS: list[tuple[dict[str, Any], str, int, str]] = [
    ({"headers": {}}, "/fhir/r4/$export", 400, "Prefer: respond-async"),
    ({"headers": ASYNC | {"Accept": "application/xml"}}, "/fhir/r4/$export", 406, "application/xml"),
    ({"headers": ASYNC}, "/fhir/r4/$export?_type=NoSuch", 400, "NoSuch"),
    ({"headers": ASYNC}, "/fhir/r4/$export?_since=", 400, "_since="),
    ({"headers": ASYNC}, "/fhir/r4/$export?_typeFilter=", 400, "_typeFilter"),
    ({"headers": ASYNC}, "/fhir/r4/Group/nope/$export", 404, "Group/nope"),
    ({"headers": ASYNC, "scope": "system/Patient.rs"}, "/fhir/r4/$export?_type=Condition", 403, "system/Condition.rs"),
    ({"headers": ASYNC, "scope": "patient/*.rs", "patient": "p1"}, "/fhir/r4/Group/g-1/$export", 404, "Group/g-1"),
]


@pytest.mark.requirement("BKO-011", "BKO-012", "BKO-053")
@pytest.mark.parametrize(("sent", "path", "status", "says"), REFUSALS)
def test_a_refusal_names_what_is_wrong(send: Send, sent: dict[str, Any], path: str, status: int, says: str) -> None:
    answer = send("GET", path, **sent)
    assert answer.status_code == status
    assert says in answer.json["issue"][0]["diagnostics"]  # type: ignore[index]


def test_a_body_of_parameters_means_the_same_as_a_query(send: Send, clock: Any) -> None:
    parameters = [{"name": "_type", "valueString": "Patient,Condition"}]
    body = json.dumps({"resourceType": "Parameters", "parameter": parameters})
    by_post = send("POST", "/fhir/r4/$export", headers=ASYNC, data=body, content_type="application/fhir+json")
    by_get = send("GET", "/fhir/r4/$export?_type=Patient&_type=Condition", headers=ASYNC)
    clock.advance(600 * 10**9)
    manifests = [send("GET", answer.headers["Content-Location"]).json for answer in (by_post, by_get)]
    counts = [[(item["type"], item["count"]) for item in manifest["output"]] for manifest in manifests]  # type: ignore[index]
    assert counts == [[("Patient", 2), ("Condition", 1)]] * 2
    assert [manifest["request"] for manifest in manifests] == [  # type: ignore[index]
        "http://ehr.test/fhir/r4/$export",
        "http://ehr.test/fhir/r4/$export?_type=Patient&_type=Condition",
    ]


@pytest.mark.requirement("BKO-009")
def test_a_body_that_is_no_parameters_is_refused(send: Send) -> None:
    form = send("POST", "/fhir/r4/$export", headers=ASYNC, data={"_type": "Patient"})
    assert form.status_code == 415
    broken = send("POST", "/fhir/r4/$export", headers=ASYNC, data="{", content_type="application/fhir+json")
    assert broken.status_code == 400
    deep = send("POST", "/fhir/r4/$export", headers=ASYNC, data="[" * 100_000, content_type="application/fhir+json")
    assert deep.status_code == 400


def test_a_lone_surrogate_in_a_name_does_not_break_the_error_file(send: Send, clock: Any) -> None:
    body = '{"resourceType": "Parameters", "parameter": [{"name": "\\ud800"}]}'
    lenient = {"Prefer": "respond-async, handling=lenient"}
    answer = send("POST", "/fhir/r4/$export", headers=lenient, data=body, content_type="application/fhir+json")
    clock.advance(600 * 10**9)
    manifest: Any = send("GET", answer.headers["Content-Location"]).json
    errors = send("GET", manifest["error"][0]["url"])
    assert "parameter ? is not supported" in json.loads(errors.data)["issue"][0]["diagnostics"]


@pytest.mark.requirement("BKO-007", "BKO-008")
def test_patients_are_named_in_a_body(send: Send, clock: Any) -> None:
    parameters = [{"name": "patient", "valueReference": {"reference": "Patient/p2"}}]
    body = json.dumps({"resourceType": "Parameters", "parameter": parameters})
    sent: dict[str, Any] = {"headers": ASYNC, "data": body, "content_type": "application/fhir+json"}
    kicked = send("POST", "/fhir/r4/Patient/$export", **sent)
    clock.advance(600 * 10**9)
    manifest: Any = send("GET", kicked.headers["Content-Location"]).json
    assert [json.loads(send("GET", item["url"]).data)["id"] for item in manifest["output"]] == ["p2"]
    assert send("POST", "/fhir/r4/$export", **sent).status_code == 400


@pytest.mark.requirement("BKO-055")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_not_taken(send: Send, method: str) -> None:
    assert send(method, "/fhir/r4/Patient/$export", headers=ASYNC).status_code == 405
