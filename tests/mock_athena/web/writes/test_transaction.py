"""A transaction: all entries or none, and references among them."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.writes.test_batch import entries
from tests.mock_athena.web.writes.writer import Body, Writer, entry, issues, observation, patient

URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
OTHER = "urn:uuid:c757873d-ec9a-4326-a141-556f43239521"


def of(reference: str, **elements: Any) -> Body:
    content: dict[str, Any] = {"subject": {"reference": reference}, **elements}
    return observation(**content)


def test_references_among_entries_become_those_of_what_was_created(writer: Writer) -> None:
    answer = writer.bundle(
        "transaction",
        entry("POST", "Observation", of(URN, hasMember=[{"reference": OTHER}])),
        entry("POST", "Patient", patient("New"), URN),
        entry("POST", "Observation", of(URN), OTHER),
    )
    first, second, third = (each["resource"] for each in entries(answer, "transaction-response"))
    assert first["subject"] == third["subject"] == {"reference": f"Patient/{second['id']}"}
    assert first["hasMember"] == [{"reference": f"Observation/{third['id']}"}]
    assert writer.total(f"Observation?patient={second['id']}") == 2
    assert len({first["meta"]["lastUpdated"], second["meta"]["lastUpdated"], third["meta"]["lastUpdated"]}) == 1


def test_one_entry_that_fails_undoes_all(athena: Athena, writer: Writer) -> None:
    seq = athena.world.environments["production"].store.snapshot().seq
    answer = writer.bundle(
        "transaction",
        entry("POST", "Patient", patient("Undone"), URN),
        entry("DELETE", f"Patient/{ADA}"),
        entry("POST", "Observation", of(URN, status="done")),
    )
    assert answer.status_code == 422
    (told,) = issues(answer)
    assert told["expression"] == ["Bundle.entry[2]", "Observation.status"]
    assert "nothing of the transaction was written" in told["diagnostics"]
    assert (writer.total("Patient?family=Undone"), writer.get(f"Patient/{ADA}").status_code) == (0, 200)
    assert athena.world.environments["production"].store.snapshot().seq == seq


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (entry("GET", "Patient/nobody"), 404),
        (entry("GET", "Starship"), 404),
        (entry("GET", "$export"), 400),
        (entry("PUT", f"Patient/{ADA}", patient("X", id=ADA), ifMatch='W/"9"'), 412),
        (entry("POST", "Patient", {"resourceType": "Observation"}), 400),
        (entry("BREW", "Patient"), 400),
        (entry("POST", "Observation", of(OTHER)), 400),
        (entry("POST", "Observation", of("Patient?family=Nobody")), 412),
        (entry("POST", "", {"resourceType": "Bundle", "type": "transaction"}), 400),
        (entry("GET", "https://other.test/fhir/Patient/1"), 400),
    ],
)
def test_whatever_fails_the_answer_names_the_entry(writer: Writer, last: Body, status: int) -> None:
    answer = writer.bundle("transaction", entry("POST", "Patient", patient("Undone"), URN), last)
    assert (answer.status_code, issues(answer)[0]["severity"]) == (status, "error")
    assert "Bundle.entry[1]" in issues(answer)[0]["diagnostics"]
    assert writer.total("Patient?family=Undone") == 0


def test_reads_see_what_was_written(writer: Writer) -> None:
    answer = writer.bundle(
        "transaction",
        entry("GET", "Patient?family=New"),
        entry("GET", f"Patient/{ADA}"),
        entry("POST", "Patient", patient("New")),
        entry("PUT", "Patient/own", patient("New", id="own")),
    )
    told = entries(answer, "transaction-response")
    assert [each["response"]["status"][:3] for each in told] == ["200", "200", "201", "201"]
    assert told[0]["resource"]["total"] == 2


def test_deletes_come_before_creates(writer: Writer) -> None:
    writer.create(patient("Old", identifier=[{"value": "one"}]))
    answer = writer.bundle(
        "transaction",
        entry("POST", "Patient", patient("New", identifier=[{"value": "one"}])),
        entry("DELETE", "Patient?identifier=one"),
    )
    assert [each["response"]["status"][:3] for each in entries(answer, "transaction-response")] == ["201", "204"]
    assert (writer.total("Patient?family=Old"), writer.total("Patient?family=New")) == (0, 1)


def test_references_by_condition_are_resolved(writer: Writer) -> None:
    id = writer.create(patient("Found", identifier=[{"system": "urn:s", "value": "1"}]))["id"]
    answer = writer.bundle("transaction", entry("POST", "Observation", of("Patient?identifier=urn:s|1")))
    (told,) = entries(answer, "transaction-response")
    assert told["resource"]["subject"] == {"reference": f"Patient/{id}"}


def test_what_a_conditional_create_finds_is_pointed_to(writer: Writer) -> None:
    id = writer.create(patient("There", identifier=[{"value": "1"}]))["id"]
    answer = writer.bundle(
        "transaction",
        entry("POST", "Patient", patient("There"), URN, ifNoneExist="identifier=1"),
        entry("POST", "Observation", of(URN)),
        entry("PUT", "Patient?identifier=2", patient("Not yet", identifier=[{"value": "2"}]), OTHER),
        entry("POST", "Observation", of(OTHER)),
    )
    told = entries(answer, "transaction-response")
    assert [each["response"]["status"][:3] for each in told] == ["200", "201", "201", "201"]
    assert told[1]["resource"]["subject"] == {"reference": f"Patient/{id}"}
    assert told[3]["resource"]["subject"] == {"reference": f"Patient/{told[2]['resource']['id']}"}


def test_two_creates_of_one_thing_are_refused(writer: Writer) -> None:
    body = patient("Twin", identifier=[{"value": "twin"}])
    answer = writer.bundle(
        "transaction",
        entry("POST", "Patient", body, URN, ifNoneExist="identifier=twin"),
        entry("POST", "Patient", body, OTHER, ifNoneExist="identifier=twin"),
    )
    assert answer.status_code == 400
    assert writer.total("Patient?family=Twin") == 0


@pytest.mark.parametrize(
    "twice",
    [
        [entry("PUT", "Patient/a", patient("X", id="a")), entry("PUT", "Patient/a", patient("Y", id="a"))],
        [entry("PUT", "Patient/a", patient("X", id="a")), entry("DELETE", "Patient/a")],
        [entry("PUT", "Patient/a", patient("X", id="a")), entry("DELETE", "Patient/a?_pretty=true")],
        [entry("PUT", f"Patient?_id={ADA}", patient("X")), entry("PUT", f"Patient/{ADA}", patient("Y", id=ADA))],
        [entry("PUT", f"Patient?_id={ADA}", patient("X")), entry("PUT", f"Patient?_id={ADA}", patient("Y"))],
        [entry("POST", "Patient", patient("X"), URN), entry("POST", "Patient", patient("Y"), URN)],
    ],
)
def test_one_resource_is_written_once(writer: Writer, twice: list[Body]) -> None:
    answer = writer.bundle("transaction", *twice)
    assert (answer.status_code, "comes twice" in issues(answer)[0]["diagnostics"]) == (400, True)


def test_two_conditions_may_delete_two_resources(writer: Writer) -> None:
    for family in ("One", "Two"):
        writer.create(patient(family))
    deleted = (entry("DELETE", f"Patient?family={family}") for family in ("One", "Two"))
    assert writer.bundle("transaction", *deleted).status_code == 200
    assert writer.total("Patient?family=One,Two") == 0


def test_scopes_are_asked_for_each_entry(athena: Athena) -> None:
    writer = Writer(athena, "system/Patient.c")
    answer = writer.bundle(
        "transaction", entry("POST", "Patient", patient("X")), entry("POST", "Observation", observation())
    )
    assert answer.status_code == 403
    assert Writer(athena).total("Patient?family=X") == 0


def test_after_a_failure_the_same_thread_reads_and_writes_on(writer: Writer) -> None:
    writer.bundle("transaction", entry("POST", "Patient", patient("X")), entry("GET", "Patient/nobody"))
    assert writer.total("Patient?family=X") == 0
    writer.create(patient("X"))
    assert writer.total("Patient?family=X") == 1


def test_what_a_failed_transaction_saw_is_never_shown_again(writer: Writer) -> None:
    search = "Patient?family=Ghost"
    answer = writer.bundle(
        "transaction",
        entry("POST", "Patient", patient("Ghost")),
        entry("GET", search),
        entry("GET", "Patient/nobody"),
    )
    assert answer.status_code == 404
    writer.create(patient("Other"))  # the next commit has the number that the failed one would have had
    assert writer.total(search) == 0
