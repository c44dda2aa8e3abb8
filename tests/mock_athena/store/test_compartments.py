"""Who is in whose Patient compartment: https://hl7.org/fhir/R4/compartmentdefinition-patient.html."""

from typing import Any

import pytest

from mock_athena.fhir.placeholders import FHIR_BASE
from mock_athena.store import Resource, ResourceStore
from mock_athena.store.criteria import HasReference, InCompartment, InSomeCompartment
from tests.mock_athena.store.conftest import NOW, ids, observation, patient


def appointment(id: str, *actors: str) -> Resource:
    participants = [{"actor": {"reference": actor}, "status": "accepted"} for actor in actors]
    return {"resourceType": "Appointment", "id": id, "status": "booked", "participant": participants}


def provenance(id: str, *targets: str) -> Resource:
    return {
        "resourceType": "Provenance",
        "id": id,
        "recorded": "2024-01-01T00:00:00Z",
        "target": [{"reference": target} for target in targets],
    }


def test_a_patient_is_in_the_own_compartment(store: ResourceStore) -> None:
    store.load([patient("p"), patient("q")], NOW)
    assert ids(store.snapshot(), "Patient", InCompartment(("p",))) == ["p"]
    assert ids(store.snapshot(), "Patient", InCompartment(("p", "q"))) == ["p", "q"]


def test_an_appointment_of_two_patients_is_in_both_and_comes_once(store: ResourceStore) -> None:
    store.load([appointment("a", "Patient/p", "Practitioner/d", "Patient/q"), appointment("b", "Patient/q")], NOW)
    snapshot = store.snapshot()
    assert ids(snapshot, "Appointment", InCompartment(("p",))) == ["a"]
    assert ids(snapshot, "Appointment", InCompartment(("q",))) == ["a", "b"]
    assert ids(snapshot, "Appointment", InCompartment(("p", "q"))) == ["a", "b"]
    assert ids(snapshot, "Appointment", InSomeCompartment()) == ["a", "b"]
    assert ids(snapshot, "Appointment", InCompartment(("p",)), InCompartment(("q",))) == ["a"]
    version = snapshot.read("Appointment", "a")
    assert version is not None
    assert [snapshot.meets("Appointment", version, [InCompartment((who,))]) for who in ("p", "q", "d")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_provenance_joins_the_compartments_of_its_targets(store: ResourceStore, order: int) -> None:
    given = [observation("o", "p"), provenance("v", "Observation/o", "Practitioner/d"), provenance("w", "Patient/q")]
    store.load(given[::order], NOW)
    assert ids(store.snapshot(), "Provenance", InCompartment(("p",))) == ["v"]
    assert ids(store.snapshot(), "Provenance", InCompartment(("q",))) == ["w"]


def test_provenance_that_is_put_joins_what_is_there(store: ResourceStore) -> None:
    store.load([observation("o", "p")], NOW)
    store.put(provenance("v", "Observation/o"), NOW)
    store.put(provenance("w", "Observation/unknown"), NOW)
    assert ids(store.snapshot(), "Provenance", InCompartment(("p",))) == ["v"]
    assert ids(store.snapshot(), "Provenance", InSomeCompartment()) == ["v"]


def test_nothing_else_follows_what_it_points_to(store: ResourceStore) -> None:
    device: dict[str, Any] = {"resourceType": "Device", "id": "d", "patient": {"reference": "Patient/p"}}
    of_device = observation("o", "") | {"subject": {"reference": "Device/d"}}
    store.load([device, of_device], NOW)
    assert ids(store.snapshot(), "Observation", InSomeCompartment()) == []
    assert ids(store.snapshot(), "Observation", HasReference("subject", ("Device/d",))) == ["o"]


@pytest.mark.parametrize(
    ("reference", "ours"),
    [
        ("Patient/p", True),
        ("Patient/p/_history/1", True),
        (f"{FHIR_BASE}/Patient/p", True),
        ("https://elsewhere.example/fhir/Patient/p", False),
        ("urn:uuid:2f5b2f4e-0000-4000-8000-000000000000", False),
        ("#p", False),
    ],
)
def test_only_our_own_patients_have_compartments(store: ResourceStore, reference: str, ours: bool) -> None:
    store.load([patient("p"), observation("o", "") | {"subject": {"reference": reference}}], NOW)
    snapshot = store.snapshot()
    assert ids(snapshot, "Observation", InCompartment(("p",))) == (["o"] if ours else [])
    assert ids(snapshot, "Observation", HasReference("subject", ("Patient/p",))) == (["o"] if ours else [])
    assert ids(snapshot, "Observation", HasReference("subject", (reference,))) == (
        [] if ours and reference != "Patient/p" else ["o"]
    )
