"""A batch: each entry by itself, one request for the quota and the journal."""

from typing import Any

import pytest

from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.history import report
from mock_athena.web import batch
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.writes.writer import Body, Writer, entry, observation, patient


def entries(answer: Any, kind: str = "batch-response") -> list[Body]:
    told = answer.get_json()
    assert (answer.status_code, told["resourceType"], told["type"]) == (200, "Bundle", kind), answer.text
    found: list[Body] = told.get("entry", [])
    return found


def statuses(answer: Any) -> list[int]:
    return [int(each["response"]["status"][:3]) for each in entries(answer)]


def test_each_entry_has_its_answer_in_its_place(writer: Writer) -> None:
    told = entries(
        writer.bundle(
            "batch",
            entry("GET", f"Patient/{ADA}"),
            entry("POST", "Observation", observation()),
            entry("PUT", "Patient/own", patient("X", id="own")),
            entry("GET", f"Observation?patient={ADA}&_count=1"),
            entry("DELETE", "Patient/own"),
            entry("GET", "Patient/own"),
            entry("GET", "Patient/nobody"),
            entry("POST", "Observation", observation(status="done")),
            entry("GET", "metadata"),
            entry("POST", f"Patient/_search?_id={ADA}"),
        )
    )
    assert [int(each["response"]["status"][:3]) for each in told] == [200, 201, 201, 200, 204, 410, 404, 422, 200, 200]
    assert told[0]["resource"]["id"] == ADA
    assert told[0]["response"]["etag"] == 'W/"1"'
    created = told[1]
    assert created["fullUrl"] == f"http://localhost/fhir/r4/Observation/{created['resource']['id']}"
    assert created["response"]["location"] == f"{created['fullUrl']}/_history/1"
    assert created["response"]["lastModified"][:19] == created["resource"]["meta"]["lastUpdated"][:19]
    assert told[3]["resource"]["type"] == "searchset"
    assert "resource" not in told[4]
    for failed in (5, 6, 7):
        assert told[failed]["response"]["outcome"]["resourceType"] == "OperationOutcome"
        assert "resource" not in told[failed]
    assert told[7]["response"]["outcome"]["issue"][0]["expression"] == ["Observation.status"]
    assert told[9]["resource"]["entry"][0]["resource"]["id"] == ADA


def test_urls_may_be_absolute(athena: Athena, writer: Writer) -> None:
    urls = (
        f"http://localhost/fhir/r4/Patient/{ADA}",
        f"/Patient/{ADA}",
        f"/fhir/r4/Patient/{ADA}",
        f"https://api.platform.athenahealth.com/fhir/r4/Patient/{ADA}",
        f"http://localhost/fhir/r4/sandbox/Patient/{ADA}",
        f"https://other.test/fhir/r4/Patient/{ADA}",
        "http://localhost/_mock/reset",
    )
    assert statuses(writer.bundle("batch", *(entry("GET", url) for url in urls))) == [200] * 4 + [404, 400, 400]
    sandbox = "http://localhost/fhir/r4/sandbox/Organization?_count=0"
    body = {"resourceType": "Bundle", "type": "batch", "entry": [entry("GET", sandbox), entry("GET", "Organization")]}
    assert statuses(athena.send("POST", "/fhir/r4/sandbox", writer.token, json=body)) == [200, 200]


def test_conditions_of_an_entry_are_kept(writer: Writer) -> None:
    id = writer.create(patient("X"))["id"]
    told = writer.bundle(
        "batch",
        entry("PUT", f"Patient/{id}", patient("Y", id=id), ifMatch='W/"7"'),
        entry("PUT", f"Patient/{id}", patient("Y", id=id), ifMatch='W/"1"'),
        entry("POST", "Patient", patient("Z"), ifNoneExist="family=Y"),
    )
    assert statuses(told) == [412, 200, 200]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"request": {"method": "GET"}},
        {"request": {"method": "BREW", "url": "Patient"}},
        {"request": {"method": "POST", "url": "Patient"}},
        {"request": {"method": "POST", "url": "Patient"}, "resource": "text"},
        {"request": {"method": "POST", "url": ""}, "resource": {"resourceType": "Bundle", "type": "batch"}},
        {"request": {"method": "POST", "url": "/"}, "resource": {"resourceType": "Bundle", "type": "batch"}},
        {"request": {"method": "POST", "url": "http://localhost/fhir/r4/"}, "resource": {"resourceType": "Bundle"}},
        {"request": {"method": "GET", "url": "$export"}},
        {"request": {"method": "GET", "url": "Patient/$export"}},
        {"request": {"method": "GET", "url": "bulkstatus/1"}},
        {"request": {"method": "PATCH", "url": f"Patient/{ADA}"}, "resource": {"resourceType": "Parameters"}},
        5,
    ],
)
def test_an_entry_that_cannot_be_carried_out_is_told_so_alone(writer: Writer, wrong: Any) -> None:
    assert statuses(writer.bundle("batch", wrong, entry("GET", f"Patient/{ADA}"))) == [400, 200]


def test_no_entry_reaches_what_is_not_fhir(athena: Athena, writer: Writer) -> None:
    urls = (
        "../../_mock/reset",
        "Patient/../../../_mock/health",
        "%2e%2e/%2e%2e/_mock/health",
        "..%2f..%2f_mock/health",
    )
    told = statuses(writer.bundle("batch", *(entry("GET", url) for url in urls)))
    assert set(told) <= {400, 404}


@pytest.mark.parametrize(
    "body", [patient("X"), {"resourceType": "Bundle"}, {"resourceType": "Bundle", "type": "searchset"}]
)
def test_other_bodies_are_refused(writer: Writer, body: Body) -> None:
    answer = writer.send("POST", "", body)
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["Bundle.type"])


def test_entries_that_are_no_list_are_refused(writer: Writer) -> None:
    assert writer.send("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": {}}).status_code == 400


def test_an_empty_batch_is_answered_by_one_with_a_slash_or_without(athena: Athena, writer: Writer) -> None:
    for path in ("/fhir/r4", "/fhir/r4/"):
        answer = athena.send("POST", path, writer.token, json={"resourceType": "Bundle", "type": "batch"})
        assert entries(answer) == []


def test_too_many_entries_are_told_the_limit(writer: Writer) -> None:
    answer = writer.bundle("batch", *(entry("GET", "Patient/x") for _ in range(501)))
    assert (answer.status_code, "500 are the limit" in outcome(answer)["diagnostics"]) == (413, True)


def test_answers_that_grow_too_large_end(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "LARGEST_ANSWER", 1000)
    assert statuses(writer.bundle("batch", *(entry("GET", f"Patient/{ADA}") for _ in range(3)))) == [200, 413, 413]


def test_each_entry_is_asked_for_its_own_scope(athena: Athena) -> None:
    writer = Writer(athena, "system/Patient.r system/Observation.c")
    told = writer.bundle(
        "batch",
        entry("GET", f"Patient/{ADA}"),
        entry("GET", "Patient"),
        entry("POST", "Observation", observation()),
        entry("DELETE", f"Patient/{ADA}"),
    )
    assert statuses(told) == [200, 403, 201, 403]
    assert "insufficient" not in told.text


def test_a_patients_token_is_confined_in_a_batch_too(athena: Athena) -> None:
    ada = Writer(athena, "patient/*.cruds", patient=ADA)
    told = ada.bundle(
        "batch",
        entry("GET", f"Patient/{ADA}"),
        entry("GET", f"Patient/{BO}"),
        entry("POST", "Observation", observation(BO)),
    )
    assert statuses(told) == [200, 404, 422]


def test_prefer_is_that_of_the_request(writer: Writer) -> None:
    body = {"resourceType": "Bundle", "type": "batch", "entry": [entry("POST", "Observation", observation())]}
    (minimal,) = entries(writer.send("POST", "", body, {"Prefer": "return=minimal"}))
    assert ("resource" in minimal, minimal["response"]["etag"]) == (False, 'W/"1"')
    (told,) = entries(writer.send("POST", "", body, {"Prefer": "return=OperationOutcome"}))
    assert told["response"]["outcome"]["issue"][0]["severity"] == "information"
    assert "resource" not in told


def test_it_is_one_request_for_the_quota_and_the_journal(make_athena: MakeAthena) -> None:
    athena = make_athena()
    writer = Writer(athena)
    answer = writer.bundle("batch", *(entry("GET", f"Patient/{ADA}") for _ in range(30)))
    assert statuses(answer) == [200] * 30
    assert answer.headers["X-RateLimit-Remaining"] == "15"
    (kept,) = athena.journal()
    assert (kept.method, kept.path, kept.status, kept.entries) == ("POST", "/fhir/r4/", 200, 30)


def test_each_entry_can_be_made_to_cost_a_unit(make_athena: MakeAthena) -> None:
    athena = make_athena(batch_cost="entry")
    writer = Writer(athena)
    ten = [entry("GET", f"Patient/{ADA}") for _ in range(10)]
    answer = writer.bundle("batch", *ten)
    assert (statuses(answer), answer.headers["X-RateLimit-Remaining"]) == ([200] * 10, "6")
    refused = writer.bundle("batch", *ten)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    never = writer.bundle("batch", *ten, *ten)
    assert (never.status_code, "16 entries at most" in outcome(never)["diagnostics"]) == (413, True)
    # What was refused cost nothing, what is no Bundle and what never fits cost a request each.
    assert athena.send("POST", "/fhir/r4", writer.token, data=b"{").status_code == 415
    four = writer.bundle("batch", *ten[:4])
    assert (statuses(four), four.headers["X-RateLimit-Remaining"]) == ([200] * 4, "0")
    assert [kept.cost for kept in athena.journal()] == [10, 10, 1, 1, 4]
    text, right = report(athena.control("GET", "journal").text, "journal", policy_named("mission"))
    assert right, text


def test_a_batch_needs_a_token(athena: Athena) -> None:
    assert athena.send("POST", "/fhir/r4", json={"resourceType": "Bundle", "type": "batch"}).status_code == 401


def test_the_same_entry_finds_other_things_in_the_other_environment(athena: Athena, writer: Writer) -> None:
    found = []
    for base in ("/fhir/r4", "/fhir/r4/sandbox"):
        body = {"resourceType": "Bundle", "type": "batch", "entry": [entry("GET", "Patient?_count=1")]}
        (told,) = entries(athena.send("POST", base, writer.token, json=body))
        found.append(told["resource"]["entry"][0]["fullUrl"])
    assert found[0].startswith("http://localhost/fhir/r4/Patient/")
    assert found[1].startswith("http://localhost/fhir/r4/sandbox/Patient/")


def test_a_url_is_text_whatever_its_characters(writer: Writer) -> None:
    found = writer.bundle(
        "batch",
        entry("PUT", "Patient?family=Þ日", patient("Þ日")),
        entry("PUT", "Patient?family=Þ日", patient("Þ日", gender="other")),
        entry("GET", "Patient?family=Þ日"),
        entry("GET", "Patient?family=%C3%9E%E6%97%A5"),
        entry("GET", "Patient/日"),
    )
    assert statuses(found) == [201, 200, 200, 200, 404]
    assert [each["resource"]["total"] for each in entries(found)[2:4]] == [1, 1]


def test_a_read_may_depend_on_an_instant(writer: Writer) -> None:
    made = writer.create(patient("X"))
    path, updated = f"Patient/{made['id']}", made["meta"]["lastUpdated"]
    told = writer.bundle(
        "batch",
        entry("GET", path, ifModifiedSince=updated),
        entry("GET", path, ifModifiedSince="2001-01-01T00:00:00+02:00"),
        entry("GET", path, ifModifiedSince="0000-01-01T00:00:00Z"),
        entry("GET", path, ifModifiedSince="yesterday"),
    )
    assert statuses(told) == [304, 200, 400, 400]
    assert "ifModifiedSince" in entries(told)[3]["response"]["outcome"]["issue"][0]["details"]["text"]
