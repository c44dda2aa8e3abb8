"""Laboratory reports and their results.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-diagnosticreport-lab.html
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.population import ids, moments
from mock_athena.population.ailments import DIABETES
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, LOINC, Concept, bare, concept, quantity
from mock_athena.population.content import analytes, observations, specimens
from mock_athena.population.content.analytes import ANALYTES, Analyte
from mock_athena.population.content.specimens import Values
from mock_athena.population.health import Health
from mock_athena.population.person import ADULT
from mock_athena.population.timeline import ACUTE, Visit

ALL_NORMAL = "All values within normal limits"
PERFORMER: Reference = {"reference": f"Organization/{ids.LABORATORY_ID}"}

Order = tuple[Concept, Values]
"""What is reported, and its results: LOINC code → value."""


def record(chart: Chart, visit: Visit, encounter: Reference, health: Health) -> None:
    """Add the reports ordered at a visit, with their results."""
    random = chart.person.stream(f"laboratory/{visit.order}")
    taken = visit.start + timedelta(minutes=12)
    issued = taken + timedelta(minutes=random.randint(180, 1300))
    for code, values in _orders(random, chart, visit, health):
        results = results_of(chart, values, encounter, taken, issued)
        report(chart, chart.new_id("clinicalresult"), code, values, results, encounter, taken, issued)


def _orders(random: Random, chart: Chart, visit: Visit, health: Health) -> Iterator[Order]:
    person = chart.person
    if visit.kind == ACUTE or person.age_on(visit.start.date()) < ADULT:
        return
    if DIABETES in health.onsets and not visit.is_stay:
        yield concept(LOINC, analytes.A1C), specimens.a1c(random, health)
    if visit.last:
        yield concept(LOINC, analytes.METABOLIC_PANEL), specimens.metabolic(random, health)
    elif visit.is_stay:
        yield concept(LOINC, analytes.CBC_PANEL), specimens.blood_count(random, person.gender)
    if visit.last and person.age >= 35:
        yield concept(LOINC, analytes.LIPID_PANEL), specimens.lipids(random, health)


def results_of(
    chart: Chart, values: Values, encounter: Reference, taken: datetime, issued: datetime
) -> list[Reference]:
    """Add one laboratory Observation per value; answers references to them."""
    return [
        observations.record(
            chart,
            chart.new_id("resultamb"),
            "laboratory",
            concept(LOINC, code),
            encounter,
            taken,
            _result(ANALYTES[chart.person.gender][code], value),
            "us-core-observation-lab",
            issued,
        )
        for code, value in values.items()
    ]


def report(
    chart: Chart,
    id: str,
    code: Concept,
    values: Values,
    results: list[Reference],
    encounter: Reference,
    taken: datetime,
    issued: datetime,
) -> None:
    """Add the DiagnosticReport, whose document is a PDF."""
    body = {
        "status": "final",
        "category": [bare(HL7 + "v2-0074", "LAB")],
        "code": code,
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": moments.date_time(taken),
        "issued": moments.instant(issued),
        "performer": [PERFORMER],
        "result": results,
        "conclusion": _conclusion(chart.person.gender, values),
        "presentedForm": [pdf(id, f"{code['text']} report")],
    }
    chart.add("DiagnosticReport", id, issued, body, "us-core-diagnosticreport-lab")


def pdf(name: str, title: str) -> dict[str, str]:
    """The attachment that is the report as a document; it is served under the report's id."""
    return {"contentType": "application/pdf", "url": f"{DOCUMENTS}/{name}.pdf", "title": title}


def _result(analyte: Analyte, value: float) -> dict[str, Any]:
    limits: dict[str, Any] = {"text": _range_text(analyte)}
    if analyte.low is not None:
        limits["low"] = quantity(analyte.low, analyte.unit)
    if analyte.high is not None:
        limits["high"] = quantity(analyte.high, analyte.unit)
    return {
        "performer": [PERFORMER],
        "valueQuantity": quantity(value, analyte.unit),
        "interpretation": [bare(HL7 + "v3-ObservationInterpretation", _flag(analyte, value))],
        "referenceRange": [limits],
    }


def _range_text(analyte: Analyte) -> str:
    if analyte.low is None:
        return f"<= {analyte.high} {analyte.unit}"
    if analyte.high is None:
        return f">= {analyte.low} {analyte.unit}"
    return f"{analyte.low} - {analyte.high} {analyte.unit}"


def _flag(analyte: Analyte, value: float) -> str:
    if analyte.low is not None and value < analyte.low:
        return "L"
    return "H" if analyte.high is not None and value > analyte.high else "N"


def _conclusion(gender: str, values: Values) -> str:
    known = ANALYTES[gender]
    flags = {code: _flag(known[code], value) for code, value in values.items()}
    words = {"H": "high", "L": "low"}
    outside = [f"{concept(LOINC, code)['text']} {words[flag]}" for code, flag in flags.items() if flag in words]
    return "Outside the reference range: " + "; ".join(outside) if outside else ALL_NORMAL
