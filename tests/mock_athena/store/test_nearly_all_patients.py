"""The compartments of nearly all patients are found as those of any but a few: the same resources."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from mock_athena.store import ResourceStore
from mock_athena.store.chains import resolved
from mock_athena.store.criteria import HasToken, InCompartment, InOtherCompartment, InSomeCompartment, Selection, Token
from tests.stores import new_store

PATIENTS = tuple(f"p{n}" for n in range(40))
NOW = 1_705_312_800 * 10**9


@pytest.fixture(scope="module")
def store() -> Iterator[ResourceStore]:
    """Of 40 patients each has a Condition; every two neighbours share an Appointment, and some things are nobody's."""
    store = new_store()
    conditions = [
        {"resourceType": "Condition", "id": f"c-{id}", "subject": {"reference": f"Patient/{id}"}} for id in PATIENTS
    ]
    appointments = [
        {"resourceType": "Appointment", "id": f"a-{one}-{other}", "status": "booked", "participant": [
            {"actor": {"reference": f"Patient/{id}"}} for id in (one, other)
        ]}
        for one, other in pairwise(PATIENTS)
    ]  # fmt: skip
    patients = [{"resourceType": "Patient", "id": id} for id in PATIENTS]
    store.load([*patients, *conditions, *appointments, {"resourceType": "Device", "id": "nobodys"}], NOW)
    yield store
    store.close()


@pytest.mark.parametrize("left_out", [0, 1, 2, 3, 4, 10, 19, 30])
@pytest.mark.parametrize("type", ["Patient", "Condition", "Appointment", "Device"])
def test_it_finds_the_same(store: ResourceStore, type: str, left_out: int) -> None:
    snapshot, inside = store.snapshot(), PATIENTS[left_out:]
    one_by_one = {id for patient in inside for id in snapshot.ids(Selection(type, (InCompartment((patient,)),)))}
    selection = Selection(type, (InCompartment(inside),))
    found = snapshot.ids(selection)
    assert set(found) == one_by_one
    assert snapshot.count(selection) == len(one_by_one) == sum(part.matches for part in snapshot.parts(selection, 7))


def test_it_is_said_by_those_left_out_where_they_are_few(store: ResourceStore) -> None:
    snapshot = store.snapshot()

    def said(*patients: str) -> object:
        return resolved(snapshot, Selection("Condition", (InCompartment(patients),))).criteria[0]

    assert said(*PATIENTS) == InSomeCompartment()
    assert said(*PATIENTS[2:]) == InOtherCompartment(PATIENTS[:2])
    assert said(*PATIENTS[10:]) == InCompartment(PATIENTS[10:])
    assert said("p1") == InCompartment(("p1",))


def test_other_criteria_hold_beside_it(store: ResourceStore) -> None:
    booked = HasToken("status", (Token(None, "booked"),))
    found = store.snapshot().ids(Selection("Appointment", (InCompartment(PATIENTS[1:]), booked)))
    assert len(found) == 39
