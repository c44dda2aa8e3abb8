"""Prescriptions and what the pharmacy gives for them."""

from datetime import date, datetime, timedelta
from typing import Any

from mock_athena.population.story import Prescription, Visit

DRUG = "metformin-500"


def ordered(start: datetime, number: int = 1, **more: Any) -> Prescription:
    fields: dict[str, Any] = {"started": start.date(), "ends": None, "status": "active", "problem": 1}
    return Prescription(DRUG, number, start, **{**fields, **more})


def test_there_is_a_dispense_for_each_fill(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    fills = (start.date(), start.date() + timedelta(days=90))
    made = write(visit._replace(prescriptions=(ordered(start, fills=fills),)))
    (request,) = only(made, "MedicationRequest")
    first, second = only(made, "MedicationDispense")
    assert first["authorizingPrescription"] == [{"reference": f"MedicationRequest/{request['id']}"}]
    assert [each["whenHandedOver"][:10] for each in (first, second)] == [day.isoformat() for day in fills]
    assert [each["type"]["coding"][0]["code"] for each in (first, second)] == ["FFC", "RFC"]


def test_nothing_is_handed_over_before_it_was_written(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    late = start.replace(hour=23)
    made = write(visit._replace(prescriptions=(ordered(late, fills=(late.date(),)),)))
    (given,) = only(made, "MedicationDispense")
    assert given["whenHandedOver"] > made[0]["recordedDate"][:10] + "T23:00:00Z"


def test_every_second_one_refers_to_the_practices_medication(
    write: Any, only: Any, visit: Visit, start: datetime
) -> None:
    made = only(write(visit._replace(prescriptions=(ordered(start, 1), ordered(start, 2)))), "MedicationRequest")
    assert ["medicationCodeableConcept" in each for each in made] == [True, False]
    assert made[1]["medicationReference"]["reference"].startswith("Medication/a-500001.medication-")


def test_a_renewal_names_the_order_before(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    renewed = visit._replace(order=2, prescriptions=(ordered(start, 2, started=date(2025, 1, 1)),))
    first, second = only(write(visit._replace(prescriptions=(ordered(start, 1),)), renewed), "MedicationRequest")
    assert "priorPrescription" not in first
    assert second["priorPrescription"] == {"reference": f"MedicationRequest/{first['id']}"}


def test_what_was_stopped_says_why(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    stopped = ordered(start, status="stopped", stopped_because="Nausea")
    (made,) = only(write(visit._replace(prescriptions=(stopped,))), "MedicationRequest")
    assert (made["status"], made["statusReason"]["text"]) == ("stopped", "Nausea")


def test_what_was_reported_was_not_ordered_here(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    reported = (ordered(start, 1, reported=True), ordered(start, 2, reported=True))
    made = only(write(visit._replace(prescriptions=reported)), "MedicationRequest")
    assert [each["intent"] for each in made] == ["plan", "plan"]
    assert made[1]["reportedBoolean"] is True
    assert not any({"reasonCode", "reasonReference"} & {*each} for each in made)
    assert made[0]["reportedReference"]["reference"].startswith("Practitioner/")
