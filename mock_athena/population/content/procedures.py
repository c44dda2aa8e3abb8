"""Procedures, and the devices that some of them leave behind.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-procedure.html
"""

from datetime import timedelta
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import SNOMED, concept
from mock_athena.population.content import actors, devices, orders
from mock_athena.population.staff import department
from mock_athena.population.story import Operation, Visit

# What takes no longer is dated by when it was done, not by a period.
_BRIEF = timedelta(minutes=20)
_PLANNED = timedelta(minutes=25)
_SURGERY = "387713003"


def historical(chart: Chart) -> None:
    """Add what was done elsewhere, as told: known by its day."""
    for operation in chart.story.operations:
        id = f"a-{chart.person.practice}.shb.{chart.person.n}.{chart.number('shb') % 100_000}"
        performed = {"performedDateTime": operation.begun.date().isoformat()}
        _add(chart, id, operation, performed)


def record(chart: Chart, visit: Visit, encounter: Reference, diagnoses: list[Reference]) -> None:
    """Add what was done at a visit."""
    number = encounter["reference"].rpartition("-")[2]
    kind = "prda.stay" if visit.is_stay else "prda"
    performer = actors.clinician(chart.person.practice, visit.provider)
    where = {"reference": f"Location/{department(chart.person, visit.kind)}"}
    for place, operation in enumerate(visit.operations, 1):
        known = {
            **_ordered(chart, visit, encounter, operation),
            "encounter": encounter,
            **_performed(operation),
            "recorder": performer,
            "performer": [{"actor": performer}],
            "location": where,
        }
        id = f"a-{chart.person.practice}.{kind}.{number}.{place}"
        _add(chart, id, operation, known, diagnoses)


def _ordered(chart: Chart, visit: Visit, encounter: Reference, operation: Operation) -> dict[str, Any]:
    """The order of what takes long enough to be planned."""
    if operation.ended - operation.begun < _PLANNED or operation.status != "completed":
        return {}
    order = orders.Order(
        concept(operation.system, operation.code),
        concept(SNOMED, _SURGERY),
        min(visit.start, operation.begun),
        operation.problem,
        "completed",
        actors.clinician(chart.person.practice, visit.provider),
        operation.begun,
        operation.ended,
    )
    return {"basedOn": [orders.add(chart, visit, encounter, order)]}


def _performed(operation: Operation) -> dict[str, Any]:
    if operation.ended - operation.begun <= _BRIEF:
        return {"performedDateTime": moments.date_time(operation.begun)}
    return {
        "performedPeriod": {
            "start": moments.date_time(operation.begun),
            "end": moments.date_time(operation.ended),
        }
    }


def _add(
    chart: Chart, id: str, operation: Operation, known: dict[str, Any], diagnoses: list[Reference] | None = None
) -> None:
    body: dict[str, Any] = {
        "status": operation.status,
        "code": concept(operation.system, operation.code),
        "subject": chart.subject,
        **known,
        **_because(chart, operation, diagnoses),
    }
    if operation.status == "not-done":
        body["statusReason"] = {"text": "Declined by the patient"}
    if operation.site:
        body["bodySite"] = [concept(SNOMED, operation.site)]
    if operation.device and operation.status == "completed":
        implant = devices.record(chart, operation)
        body["focalDevice"] = [{"manipulated": implant}]
        body["usedReference"] = [implant]
    chart.add("Procedure", id, operation.ended, body, "us-core-procedure")


def _because(chart: Chart, operation: Operation, diagnoses: list[Reference] | None) -> dict[str, Any]:
    if operation.problem in chart.problems:
        return {"reasonReference": [chart.problems[operation.problem]]}
    return {"reasonReference": diagnoses[:1]} if diagnoses else {}
