"""Many threads at once: one wins, whatever the race is about."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from werkzeug.test import TestResponse

from tests.mock_athena.web.in_process import ADA, BO
from tests.mock_athena.web.writes.writer import JSON_PATCH, Body, Writer, entry, patient

THREADS = 20


def at_once(send: Callable[[int], TestResponse]) -> Counter[int]:
    """How often each status was answered when all threads send at the same time."""
    barrier = Barrier(THREADS)

    def run(number: int) -> int:
        barrier.wait(30)
        return send(number).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, range(THREADS)))


def test_one_update_wins(writer: Writer) -> None:
    created = writer.create(patient("X"))

    def update(number: int, version: int) -> TestResponse:
        return writer.put({**created, "name": [{"family": f"F{number}"}]}, {"If-Match": f'W/"{version}"'})

    for version in range(1, 6):
        assert at_once(partial(update, version=version)) == {200: 1, 412: THREADS - 1}
        assert writer.get(f"Patient/{created['id']}").headers["ETag"] == f'W/"{version + 1}"'


def test_one_conditional_create_wins(writer: Writer) -> None:
    headers = {"If-None-Exist": "identifier=urn:test|once"}
    body = patient("X", identifier=[{"system": "urn:test", "value": "once"}])
    assert at_once(lambda _: writer.send("POST", "Patient", body, headers)) == {201: 1, 200: THREADS - 1}
    assert writer.total("Patient?identifier=urn:test|once") == 1


def test_no_update_is_lost_without_a_condition(writer: Writer) -> None:
    created = writer.create(patient("X"))
    assert at_once(lambda _: writer.put(created)) == {200: THREADS}
    assert writer.get(f"Patient/{created['id']}").headers["ETag"] == f'W/"{THREADS + 1}"'


def test_every_create_has_an_id_of_its_own(writer: Writer) -> None:
    assert at_once(lambda _: writer.send("POST", "Patient", patient("Many"))) == {201: THREADS}
    assert writer.total("Patient?family=Many") == THREADS


def appointment(slot: str, of: str = ADA) -> Body:
    who = {"actor": {"reference": f"Patient/{of}"}, "status": "accepted"}
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "slot": [{"reference": f"Slot/{slot}"}],
        "participant": [who],
    }


def free_slots(writer: Writer, count: int) -> list[str]:
    found = writer.get(f"Slot?status=free&_count={count}").get_json()
    return [each["resource"]["id"] for each in found["entry"]]


def test_one_booking_wins(writer: Writer) -> None:
    ways: tuple[Callable[[Body], TestResponse], ...] = (
        lambda body: writer.send("POST", "Appointment", body),
        lambda body: writer.send("POST", "Appointment/$book", body),
        lambda body: writer.put({**body, "id": "own"}),
        lambda body: writer.bundle("transaction", entry("POST", "Appointment", body)),
    )

    def book(number: int, slot: str) -> TestResponse:
        return ways[number % len(ways)](appointment(slot, (ADA, BO)[number % 2]))

    for slot in free_slots(writer, 3):
        writer.send("DELETE", "Appointment/own")
        seen = at_once(partial(book, slot=slot))
        # An update of the one that is booked already takes no slot from anybody.
        assert seen[409] >= THREADS - THREADS // len(ways)
        assert writer.total(f"Appointment?slot=Slot/{slot}") == 1
        assert writer.get(f"Slot/{slot}").get_json()["status"] == "busy"


def test_twenty_for_one_slot(writer: Writer) -> None:
    (slot,) = free_slots(writer, 1)
    assert at_once(lambda _: writer.send("POST", "Appointment", appointment(slot))) == {201: 1, 409: THREADS - 1}


def test_a_slot_that_is_cancelled_and_booked_again_has_one_owner(writer: Writer) -> None:
    (slot,) = free_slots(writer, 1)
    id = writer.create(appointment(slot))["id"]
    cancel = [{"op": "replace", "path": "/status", "value": "cancelled"}]

    def send(number: int) -> TestResponse:
        if number == 0:
            return writer.send("PATCH", f"Appointment/{id}", cancel, type=JSON_PATCH)
        return writer.send("POST", "Appointment", appointment(slot))

    at_once(send)
    active = writer.total(f"Appointment?slot=Slot/{slot}&status=booked")
    assert active == (1 if writer.get(f"Slot/{slot}").get_json()["status"] == "busy" else 0)
