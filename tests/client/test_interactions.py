"""Read, versions, create, update, patch, delete, batch, typed resources."""

import pytest

from athena_fhir_client.errors import ConfigurationError, Conflict, Gone, MissingDependency, NotFound, ProtocolError
from athena_fhir_client.fhir.bundles import Entry
from athena_fhir_client.fhir.typed import all_typed, typed
from tests.client.in_process import PATIENT, Known

GOAL = {
    "resourceType": "Goal",
    "lifecycleStatus": "active",
    "description": {"text": "Walk every day"},
    "subject": {"reference": f"Patient/{PATIENT}"},
}
SCOPE = "system/*.read system/*.cruds"


def test_a_resource_is_written_changed_and_deleted(known: Known) -> None:
    client = known.client(scope=SCOPE)
    made = client.create(GOAL)
    id, version = made["id"], made["meta"]["versionId"]
    changed = client.update({**made, "lifecycleStatus": "completed"}, version)
    assert changed["lifecycleStatus"] == "completed"
    assert client.vread("Goal", id, version)["lifecycleStatus"] == "active"
    with pytest.raises(Conflict):
        client.update({**made, "lifecycleStatus": "cancelled"}, version)
    patched = client.patch("Goal", id, [{"op": "replace", "path": "/description/text", "value": "Swim"}])
    assert patched["description"]["text"] == "Swim"
    client.delete("Goal", id)
    client.delete("Goal", id)  # once more is no error
    with pytest.raises(Gone):
        client.read("Goal", id)
    assert not client.exists("Goal", id)


def test_a_condition_keeps_from_writing_twice(known: Known) -> None:
    client = known.client(scope=SCOPE)
    identified = {**GOAL, "identifier": [{"system": "urn:test", "value": "once"}]}
    first = client.create(identified, if_none_exist={"identifier": "urn:test|once"})
    again = client.create(identified, if_none_exist={"identifier": "urn:test|once"})
    assert first["id"] == again["id"]
    updated = client.update({**identified, "lifecycleStatus": "on-hold"}, where={"identifier": "urn:test|once"})
    assert (updated["id"], updated["lifecycleStatus"]) == (first["id"], "on-hold")
    client.delete("Goal", where={"identifier": "urn:test|once"})
    assert not client.exists("Goal", first["id"])


def test_a_batch_costs_one_request_and_answers_in_order(known: Known) -> None:
    client = known.client()
    before = client.pacer.pace.number
    found = client.batch([Entry("GET", f"Patient/{PATIENT}"), Entry("GET", "Patient/nobody")])
    assert [each.status for each in found] == [200, 404]
    assert (found[0].resource or {})["id"] == PATIENT
    assert "not-found" in found[1].outcome
    assert client.pacer.pace.number == before + 1


def test_a_transaction_is_all_or_nothing(known: Known) -> None:
    client = known.client(scope=SCOPE)
    made = client.transaction([Entry("POST", "Goal", GOAL), Entry("POST", "Goal", GOAL)])
    assert [each.status for each in made] == [201, 201]
    assert all(each.ok and each.location for each in made)


def test_a_resource_is_a_model_on_wish(known: Known) -> None:
    client = known.client()
    patient = typed(client.read("Patient", PATIENT))
    assert patient.birthDate.year > 1900
    assert all(
        each.status for each in all_typed(client.search("Observation", {"patient": PATIENT, "_count": 3, "_id": "x"}))
    )
    with pytest.raises(ProtocolError, match="not valid FHIR R4"):
        typed({"resourceType": "Patient", "birthDate": "yesterday"})
    assert MissingDependency.__mro__[1].__name__ == "AthenaError"


def test_what_is_not_there_is_not_found(known: Known) -> None:
    with pytest.raises(NotFound) as told:
        known.client().read("Patient", "nobody")
    assert told.value.status == 404
    assert told.value.outcome is not None
    assert told.value.response.request is told.value.request


def test_a_read_without_an_id_is_said_at_once(known: Known) -> None:
    with pytest.raises(ConfigurationError, match="expected a type and an id"):
        known.client().read("Patient", "")
    assert known.adapter.sent == []
