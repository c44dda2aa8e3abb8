"""Prescriptions, and what the pharmacy gave for them.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-medicationrequest.html
https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-medicationdispense.html

Every second prescription of a patient refers to the practice's Medication, the others carry the code.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart, Reference, identifier, meta, practice_extension
from mock_athena.population.codes import HL7, RXNORM, SNOMED, UCUM, Concept, concept
from mock_athena.population.content import actors, orders
from mock_athena.population.formulary import FORMULARY, Drug
from mock_athena.population.story import Prescription, Visit

_MEDICATION = "us-core-medication"
_REQUEST = "us-core-medicationrequest"
_DISPENSE = "us-core-medicationdispense"
# The pharmacy is where one goes in the afternoon.
_HANDED_OVER = 22 * 60
# A course of treatment of at least so many days is one that goes on.
_LASTING = 60


def formulary(practice: int, opened: datetime) -> Iterator[Resource]:
    """The Medications of a practice, as old as the practice."""
    for key, drug in FORMULARY.items():
        id = medication_id(practice, key)
        yield {
            "resourceType": "Medication",
            "id": id,
            "meta": meta(opened, _MEDICATION),
            "extension": [practice_extension(practice)],
            "identifier": identifier("Medication", id),
            "code": concept(RXNORM, drug.code),
            "status": "active",
            **({"form": {"text": drug.form}} if drug.form else {}),
        }


@cache
def _numbers() -> dict[str, int]:
    return {key: number for number, key in enumerate(FORMULARY, 1)}


def medication_id(practice: int, key: str) -> str:
    """The id of the practice's Medication for a key of the formulary."""
    return ids.local_id(practice, "medication", _numbers()[key])


def reported(chart: Chart) -> None:
    """Add what the patient says to take, or another doctor wrote, though it was not ordered here."""
    for visit in chart.story.visits:
        for number, prescription in enumerate(visit.prescriptions):
            if prescription.reported:
                _add(chart, visit, prescription, _said_by(chart, visit, by_reference=number % 2 == 0), {})


def _said_by(chart: Chart, visit: Visit, *, by_reference: bool) -> dict[str, Any]:
    requester = actors.clinician(chart.person.practice, visit.provider)
    if by_reference:
        return {"intent": "plan", "reportedReference": requester, "requester": requester}
    return {"intent": "plan", "reportedBoolean": True, "requester": requester}


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add what is ordered at a visit, and what the pharmacy gives for it."""
    requester = actors.clinician(chart.person.practice, visit.provider)
    ordered = {"intent": "order", "reportedBoolean": False, "requester": requester}
    for prescription in visit.prescriptions:
        if not prescription.reported:
            reference = _add(chart, visit, prescription, ordered, {"encounter": encounter})
            for place, day in enumerate(prescription.fills):
                _dispense(chart, prescription, reference, place, day)


def _add(
    chart: Chart, visit: Visit, prescription: Prescription, origin: dict[str, Any], where: dict[str, Any]
) -> Reference:
    drug = FORMULARY[prescription.drug]
    id = chart.new_id("hospmedicationrequest" if prescription.setting == "inpatient" else "historicalmedrequest")
    body = {
        "status": prescription.status,
        **_stopped(prescription.stopped_because),
        **origin,
        "category": _category(prescription.setting),
        **_medicine(chart.person.practice, prescription.drug, prescription.number % 2 == 0),
        "subject": chart.subject,
        **where,
        "authoredOn": moments.date_time(prescription.written),
        **_because(chart, visit, prescription),
        "courseOfTherapyType": _course(drug.days >= _LASTING),
        **_instructions(prescription.drug),
        **_prior(chart, prescription),
    }
    made = chart.add("MedicationRequest", id, prescription.written, body, _REQUEST)
    chart.prescriptions[prescription.number] = made
    chart.courses[prescription.drug] = made
    return made


def _because(chart: Chart, visit: Visit, prescription: Prescription) -> dict[str, Any]:
    """Why it was ordered; why somebody takes a medicine of their own accord is not known."""
    return {} if prescription.reported else orders.because(chart, visit, prescription.problem)


def _prior(chart: Chart, prescription: Prescription) -> dict[str, Any]:
    """The order that this one continues."""
    prior = chart.courses.get(prescription.drug)
    continues = prior and prescription.started < prescription.written.date()
    return {"priorPrescription": prior} if continues else {}


@cache
def _stopped(because: str) -> dict[str, Any]:
    return {"statusReason": {"text": because}} if because else {}


@cache
def _category(setting: str) -> list[Concept]:
    return [concept(HL7 + "medicationrequest-category", setting)]


@cache
def _course(lasting: bool) -> Concept:
    return concept(HL7 + "medicationrequest-course-of-therapy", "continuous" if lasting else "acute")


@cache
def _medicine(practice: int, key: str, by_reference: bool) -> dict[str, Any]:
    """medication[x]. Shared: do not change it."""
    code = concept(RXNORM, FORMULARY[key].code)
    if not by_reference:
        return {"medicationCodeableConcept": code}
    reference = f"Medication/{medication_id(practice, key)}"
    return {"medicationReference": {"reference": reference, "display": code["text"]}}


@cache
def _instructions(key: str) -> dict[str, Any]:
    """How a drug is taken and given out. Shared: do not change it."""
    drug = FORMULARY[key]
    return {
        "dosageInstruction": [dosage(drug)],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": drug.refills,
            "quantity": _supply(drug),
            "expectedSupplyDuration": _days(drug),
        },
        "substitution": {"allowedBoolean": True},
    }


def dosage(drug: Drug) -> dict[str, Any]:
    """The Dosage of a drug: https://hl7.org/fhir/R4/dosage.html."""
    made: dict[str, Any] = {
        "sequence": 1,
        "text": drug.sig,
        "timing": {"repeat": timing(drug)},
        "doseAndRate": [
            {
                "type": concept(HL7 + "dose-rate-type", "ordered"),
                "doseQuantity": {"value": drug.dose, "unit": drug.dose_unit},
            }
        ],
    }
    if drug.route:
        made["route"] = concept(SNOMED, drug.route)
    if drug.as_needed:
        made["asNeededBoolean"] = True
    return made


def timing(drug: Drug) -> dict[str, Any]:
    """How often it is taken; less than once a day is once in so many days."""
    if drug.times >= 1:
        return {"frequency": round(drug.times), "period": 1, "periodUnit": "d"}
    days = round(1 / drug.times)
    if days % 7 == 0:
        return {"frequency": 1, "period": days // 7, "periodUnit": "wk"}
    return {"frequency": 1, "period": days, "periodUnit": "d"}


def _supply(drug: Drug) -> dict[str, Any]:
    amount = drug.supply or drug.dose * drug.times * drug.days
    whole = max(1, round(amount))
    return {"value": whole, "unit": drug.dose_unit}


def _days(drug: Drug) -> dict[str, Any]:
    return {"value": drug.days, "unit": "days", "system": UCUM, "code": "d"}


@cache
def _given(key: str, first: bool) -> dict[str, Any]:
    """What all supplies of a drug share. Shared: do not change it."""
    drug = FORMULARY[key]
    return {
        "type": concept(HL7 + "v3-ActCode", "FFC" if first else "RFC"),
        "quantity": _supply(drug),
        "daysSupply": _days(drug),
        "dosageInstruction": [dosage(drug)],
        "substitution": {"wasSubstituted": False},
    }


def _dispense(chart: Chart, prescription: Prescription, request: Reference, place: int, day: date) -> None:
    handed_over = max(moments.at(day, _HANDED_OVER), prescription.written + timedelta(minutes=30))
    when = moments.date_time(handed_over)
    body = {
        "status": "completed",
        **_medicine(chart.person.practice, prescription.drug, prescription.number % 2 == 0),
        "subject": chart.subject,
        "performer": [{"actor": actors.PHARMACY}],
        "authorizingPrescription": [request],
        **_given(prescription.drug, place == 0),
        "whenPrepared": when,
        "whenHandedOver": when,
    }
    chart.add("MedicationDispense", chart.new_id("meddispense"), handed_over, body, _DISPENSE)
