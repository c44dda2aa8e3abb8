"""Appointments and their slots: booked, moved, cancelled; by POST, PUT, PATCH, DELETE and $book."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.writes.writer import JSON_PATCH, Body, Writer, entry, paths


@pytest.fixture
def slots(writer: Writer) -> list[str]:
    found = writer.get("Slot?status=free&_count=4").get_json()
    return [each["resource"]["id"] for each in found["entry"]]


def appointment(*slots: str, status: str = "booked", of: str = ADA, **elements: Any) -> Body:
    return {
        "resourceType": "Appointment",
        "status": status,
        "slot": [{"reference": f"Slot/{slot}"} for slot in slots],
        "participant": [{"actor": {"reference": f"Patient/{of}"}, "status": "accepted"}],
        **elements,
    }


def status_of(writer: Writer, slot: str) -> str:
    return str(writer.get(f"Slot/{slot}").get_json()["status"])


def parameters(**values: Any) -> Body:
    """Parameters; a value that is an object is a resource. Underscores stand for hyphens."""
    made = [
        {"name": name.replace("_", "-"), **({"resource": each} if isinstance(each, dict) else {"valueUri": each})}
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return {"resourceType": "Parameters", "parameter": made}


@pytest.mark.parametrize(
    ("status", "becomes"),
    [("booked", "busy"), ("pending", "busy-tentative"), ("proposed", "busy-tentative"), ("waitlist", "free")],
)
def test_an_appointment_takes_its_slot(writer: Writer, slots: list[str], status: str, becomes: str) -> None:
    created = writer.create(appointment(slots[0], status=status))
    assert status_of(writer, slots[0]) == becomes
    slot = writer.get(f"Slot/{slots[0]}").get_json()
    assert (created["start"], created["end"]) == (slot["start"], slot["end"])
    if becomes != "free":
        assert slot["meta"]["lastUpdated"] == created["meta"]["lastUpdated"]


def test_a_slot_that_is_taken_is_a_conflict(writer: Writer, slots: list[str]) -> None:
    writer.create(appointment(slots[0]))
    before = writer.total("Appointment")
    answer = writer.send("POST", "Appointment", appointment(slots[1], slots[0], of=BO))
    assert (answer.status_code, outcome(answer)["code"]) == (409, "conflict")
    assert outcome(answer)["expression"] == ["Appointment.slot"]
    assert (writer.total("Appointment"), status_of(writer, slots[1])) == (before, "free")


def test_a_slot_that_was_set_free_by_hand_is_not_given_out_twice(writer: Writer, slots: list[str]) -> None:
    writer.create(appointment(slots[0]))
    slot = writer.get(f"Slot/{slots[0]}").get_json()
    assert writer.send("PUT", f"Slot/{slots[0]}", {**slot, "status": "free"}).status_code == 200
    answer = writer.send("POST", "Appointment", appointment(slots[0], of=BO))
    assert (answer.status_code, outcome(answer)["code"]) == (409, "conflict")
    assert "an appointment holds it" in answer.text


def test_a_slot_that_is_not_there_is_not_known(writer: Writer) -> None:
    answer = writer.send(
        "POST", "Appointment", appointment("none", start="2026-12-01T10:00:00Z", end="2026-12-01T10:30:00Z")
    )
    assert (answer.status_code, paths(answer)) == (422, {"Appointment.slot[0]": "not-found"})


@pytest.mark.parametrize("status", ["cancelled", "noshow", "entered-in-error"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_will_not_take_place_gives_its_slot_back(
    writer: Writer, slots: list[str], method: str, status: str
) -> None:
    created = writer.create(appointment(slots[0]))
    path = f"Appointment/{created['id']}"
    if method == "PUT":
        answer = writer.send("PUT", path, {**created, "status": status})
    else:
        answer = writer.send("PATCH", path, [{"op": "replace", "path": "/status", "value": status}], type=JSON_PATCH)
    assert (answer.status_code, status_of(writer, slots[0])) == (200, "free")
    assert writer.send("POST", "Appointment", appointment(slots[0], of=BO)).status_code == 201


def test_a_deleted_appointment_gives_its_slot_back(writer: Writer, slots: list[str]) -> None:
    id = writer.create(appointment(slots[0]))["id"]
    assert writer.send("DELETE", f"Appointment/{id}").status_code == 204
    assert status_of(writer, slots[0]) == "free"


def test_what_took_place_keeps_its_slot(writer: Writer, slots: list[str]) -> None:
    created = writer.create(appointment(slots[0]))
    for status in ("arrived", "checked-in", "fulfilled"):
        assert writer.put({**created, "status": status}).status_code == 200
    assert status_of(writer, slots[0]) == "busy"


def test_moving_takes_one_and_gives_back_the_other(writer: Writer, slots: list[str]) -> None:
    created = writer.create(appointment(slots[0]))
    moved = {**created, "slot": [{"reference": f"Slot/{slots[1]}"}]}
    assert writer.put(moved).status_code == 200
    assert [status_of(writer, slot) for slot in slots[:2]] == ["free", "busy"]


def test_moving_to_what_is_taken_changes_nothing(writer: Writer, slots: list[str]) -> None:
    created = writer.create(appointment(slots[0]))
    writer.create(appointment(slots[1], of=BO))
    assert writer.put({**created, "slot": [{"reference": f"Slot/{slots[1]}"}]}).status_code == 409
    assert [status_of(writer, slot) for slot in slots[:2]] == ["busy", "busy"]
    assert writer.get(f"Appointment/{created['id']}").headers["ETag"] == 'W/"1"'


def test_a_proposal_is_booked_in_its_own_slot(writer: Writer, slots: list[str]) -> None:
    created = writer.create(appointment(slots[0], status="proposed"))
    assert writer.put({**created, "status": "booked"}).status_code == 200
    assert status_of(writer, slots[0]) == "busy"


def test_what_several_hold_is_free_when_the_last_lets_go(athena: Athena, writer: Writer, slots: list[str]) -> None:
    first = writer.create(appointment(slots[0]))
    store = athena.world.environments["production"].store
    store.put({**first, "id": "loaded-so"}, athena.clock.now())
    for id, status in ((first["id"], "busy"), ("loaded-so", "free")):
        assert writer.send("DELETE", f"Appointment/{id}").status_code == 204
        assert status_of(writer, slots[0]) == status


def test_book_takes_an_appointment(writer: Writer, slots: list[str]) -> None:
    bare = {**appointment(slots[0], status="proposed"), "participant": []}
    del bare["participant"]
    answer = writer.send(
        "POST", "Appointment/$book", parameters(appt_resource=bare, patient_id=f"Patient/{ADA}", comments="Window seat")
    )
    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    booked = told["entry"][0]["resource"]
    assert (told["type"], booked["status"], booked["comment"]) == ("searchset", "booked", "Window seat")
    assert booked["participant"][0]["actor"] == {"reference": f"Patient/{ADA}"}
    assert answer.headers["Location"].endswith(f"/Appointment/{booked['id']}/_history/1")
    assert status_of(writer, slots[0]) == "busy"


def test_book_takes_a_plain_appointment_too(writer: Writer, slots: list[str]) -> None:
    assert writer.send("POST", "Appointment/$book", appointment(slots[0], status="proposed")).status_code == 201
    assert writer.send("POST", "Appointment/$book", appointment(slots[0])).status_code == 409


def test_book_takes_one_that_is_there(writer: Writer, slots: list[str]) -> None:
    id = writer.create(appointment(slots[0], status="pending"))["id"]
    assert writer.send("POST", f"Appointment/{id}/$book", parameters()).status_code == 200
    assert status_of(writer, slots[0]) == "busy"
    again = writer.send("POST", "Appointment/$book", parameters(appt_id=f"Appointment/{id}"))
    assert (again.status_code, outcome(again)["expression"]) == (400, ["Appointment.status"])


def test_book_replaces_another_in_one_step(writer: Writer, slots: list[str]) -> None:
    old = writer.create(appointment(slots[0]))["id"]
    body = parameters(appt_resource=appointment(slots[1], status="proposed"), cancelled_appt_id=f"Appointment/{old}")
    assert writer.send("POST", "Appointment/$book", body).status_code == 201
    assert [status_of(writer, slot) for slot in slots[:2]] == ["free", "busy"]
    assert writer.get(f"Appointment/{old}").get_json()["status"] == "cancelled"


def test_a_replacement_that_fails_cancels_nothing(writer: Writer, slots: list[str]) -> None:
    old = writer.create(appointment(slots[0]))["id"]
    writer.create(appointment(slots[1], of=BO))
    body = parameters(appt_resource=appointment(slots[1], status="proposed"), cancelled_appt_id=old)
    assert writer.send("POST", "Appointment/$book", body).status_code == 409
    assert writer.get(f"Appointment/{old}").get_json()["status"] == "booked"


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        parameters(),
        parameters(appt_resource={"resourceType": "Slot"}),
        parameters(appt_id="Appointment/a", appt_resource={"resourceType": "Appointment"}),
        parameters(appt_id="Patient/a"),
        parameters(appt_id="https://other.test/fhir/Appointment/a"),
        parameters(starship="1"),
        {"resourceType": "Appointment", "status": "fulfilled"},
    ],
)
def test_book_refuses_what_it_cannot_understand(writer: Writer, body: Body) -> None:
    assert writer.send("POST", "Appointment/$book", body).status_code == 400


@pytest.mark.parametrize("participant", ["x", ["x"], [{"actor": "x"}], [{"actor": {"reference": 5}}], {}])
def test_book_refuses_participants_of_whatever_shape(writer: Writer, slots: list[str], participant: Any) -> None:
    body = {**appointment(slots[0]), "participant": participant}
    answer = writer.send("POST", "Appointment/$book", parameters(appt_resource=body))
    assert answer.status_code == 422, answer.text
    assert any("participant" in path for path in paths(answer))


def test_book_of_what_is_not_there(writer: Writer) -> None:
    assert writer.send("POST", "Appointment/$book", parameters(appt_id="Appointment/none")).status_code == 404


def test_a_patient_books_for_itself_alone(athena: Athena, writer: Writer, slots: list[str]) -> None:
    ada = Writer(athena, "patient/Appointment.cruds patient/Slot.rs", patient=ADA)
    assert ada.send("POST", "Appointment", appointment(slots[0], of=BO)).status_code == 422
    assert ada.send("POST", "Appointment/$book", appointment(slots[0], of=BO)).status_code == 422
    assert status_of(writer, slots[0]) == "free"
    id = ada.create(appointment(slots[0]))["id"]
    assert status_of(ada, slots[0]) == "busy"
    bo = Writer(athena, "patient/*.cruds", patient=BO)
    assert bo.send("DELETE", f"Appointment/{id}").status_code == 404
    assert bo.send("POST", "Appointment/$book", parameters(appt_id=id)).status_code == 404
    assert bo.send("POST", "Appointment", appointment(slots[0], of=BO)).status_code == 409


def test_book_asks_for_the_scope(athena: Athena, slots: list[str]) -> None:
    reader = Writer(athena, "system/*.read")
    assert reader.send("POST", "Appointment/$book", appointment(slots[0])).status_code == 403


def test_a_slot_and_its_appointment_in_one_transaction(writer: Writer, slots: list[str]) -> None:
    slot = writer.get(f"Slot/{slots[0]}").get_json()
    del slot["id"]
    body = appointment()
    body["slot"] = [{"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]
    body |= {"start": slot["start"], "end": slot["end"]}
    answer = writer.bundle(
        "transaction",
        entry("POST", "Appointment", body),
        entry("POST", "Slot", slot, "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    )
    assert answer.status_code == 200, answer.text
    made = writer.get(answer.get_json()["entry"][0]["resource"]["slot"][0]["reference"]).get_json()
    assert made["status"] == "busy"
