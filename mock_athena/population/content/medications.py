"""Prescriptions: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-medicationrequest.html.

Every second prescription of a patient refers to the practice's Medication, the others carry the code.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from mock_athena.population import ids, moments
from mock_athena.population.ailments import AILMENTS
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, RXNORM, UCUM, concept
from mock_athena.population.content.formulary import ADULT_REMEDIES, BY_CODE, CHILD_REMEDIES, DRUGS, Drug
from mock_athena.population.health import Health
from mock_athena.population.person import ADULT
from mock_athena.population.staff import primary_care
from mock_athena.population.timeline import ACUTE, Visit

KIND = "historicalmedrequest"


def medication_id(practice: int, code: str) -> str:
    """The id of the practice's Medication for an RxNorm code of the formulary."""
    number = next(number for number, drug in enumerate(DRUGS, 1) if drug.code == code)
    return ids.local_id(practice, "medication", number)


def record(
    chart: Chart, visit: Visit, encounter: Reference, health: Health, problems: dict[str, Reference], cause: Reference
) -> list[Drug]:
    """Add what is prescribed at a visit; answers the drugs.

    Args:
        problems: ICD-10-CM code → the Condition of the problem list.
        cause: the diagnosis of this encounter.
    """
    lasting = [(drug, problems[icd]) for icd, drug in _lasting(visit, health)]
    brief = [(drug, cause) for drug in _brief(chart, visit, health)]
    for drug, reason in lasting:
        _prescribe(chart, visit, encounter, drug, reason, ongoing=True)
    for drug, reason in brief:
        _prescribe(chart, visit, encounter, drug, reason, ongoing=False)
    return [drug for drug, _ in lasting + brief]


def _lasting(visit: Visit, health: Health) -> Iterator[tuple[str, Drug]]:
    """Long-term drugs, prescribed anew when things are looked over."""
    if visit.last:
        for ailment in AILMENTS:
            if ailment.code in health.onsets:
                yield from ((ailment.code, BY_CODE[code]) for code in ailment.drugs)


def _brief(chart: Chart, visit: Visit, health: Health) -> Iterator[Drug]:
    if visit.kind != ACUTE:
        return
    adult = chart.person.age_on(visit.start.date()) >= ADULT
    code = (ADULT_REMEDIES if adult else CHILD_REMEDIES).get(visit.reason)
    if code and not set(BY_CODE[code].contains) & set(health.allergies):
        yield BY_CODE[code]


def _prescribe(
    chart: Chart, visit: Visit, encounter: Reference, drug: Drug, reason: Reference, *, ongoing: bool
) -> None:
    written = visit.start + timedelta(minutes=14)
    id = chart.new_id(KIND)
    body = {
        "status": "active" if ongoing else "completed",
        "intent": "order",
        "category": [concept(HL7 + "medicationrequest-category", "community")],
        "reportedBoolean": False,
        **_medication(chart.person.practice, drug, by_reference=int(id.rpartition("-")[2]) % 2 == 0),
        "subject": chart.subject,
        "encounter": encounter,
        "authoredOn": moments.date_time(written),
        "requester": primary_care(chart.person),
        "reasonReference": [reason],
        "dosageInstruction": [dosage(drug)],
        "dispenseRequest": _dispense(drug),
    }
    chart.add("MedicationRequest", id, visit.end, body, "us-core-medicationrequest")


def _medication(practice: int, drug: Drug, *, by_reference: bool) -> dict[str, Any]:
    if not by_reference:
        return {"medicationCodeableConcept": concept(RXNORM, drug.code)}
    reference = {
        "reference": f"Medication/{medication_id(practice, drug.code)}",
        "display": concept(RXNORM, drug.code)["text"],
    }
    return {"medicationReference": reference}


def dosage(drug: Drug) -> dict[str, Any]:
    """The Dosage of a drug: https://hl7.org/fhir/R4/dosage.html."""
    made: dict[str, Any] = {
        "text": drug.sig,
        "timing": {"repeat": {"frequency": drug.times, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": drug.dose, "unit": drug.form}}],
    }
    if drug.as_needed:
        made["asNeededBoolean"] = True
    return made


def _dispense(drug: Drug) -> dict[str, Any]:
    return {
        "numberOfRepeatsAllowed": drug.refills,
        "quantity": {"value": drug.dose * drug.times * drug.days, "unit": drug.form},
        "expectedSupplyDuration": {"value": drug.days, "unit": "days", "system": UCUM, "code": "d"},
    }
