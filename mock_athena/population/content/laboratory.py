"""Laboratory work: the order, the specimen, the results and their report.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-diagnosticreport-lab.html
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.population import laboratory, moments
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, LOINC, SNOMED, Concept, bare, concept, unit
from mock_athena.population.content import actors, observations, orders
from mock_athena.population.content.observations import Frame, Template
from mock_athena.population.story import Panel, Result, Visit

PERFORMER = actors.LABORATORY

_REPORT, _NOTE = "us-core-diagnosticreport-lab", "us-core-diagnosticreport-note"
# A smear is read by a pathologist: its report is a laboratory's and a pathologist's at once.
_CYTOLOGY, _PATHOLOGY = "10524-7", "LP7839-6"
_LABORATORY_PROCEDURE = "108252007"
_INTERPRETATION = HL7 + "v3-ObservationInterpretation"
# SNOMED CT positive, detected, negative and not detected.
_FOUND = {"10828004": "POS", "260373001": "POS", "260385009": "NEG", "260415000": "NEG"}
_FINE_UNTIL = 2
# What is known so soon after it was taken was tested in the office.
_AT_ONCE = timedelta(minutes=75)
_HEMOLYZED = [{"text": "Not reported: specimen hemolyzed. Please collect again."}]
_CALLED = [{"text": "Critical value, called to the ordering clinician and read back."}]


class _Standing(NamedTuple):
    """What all results of an analyte share for people of one sex and age."""

    template: Template
    low: float | None
    high: float | None
    panic: tuple[float | None, float | None]
    unit: dict[str, str]
    shared: dict[str, Any]


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add what the panels of a visit say."""
    for panel in visit.panels:
        _panel(chart, visit, encounter, panel)


def _panel(chart: Chart, visit: Visit, encounter: Reference, panel: Panel) -> None:
    in_office = panel.issued - panel.collected <= _AT_ONCE
    performer = actors.clinician(chart.person.practice, visit.provider) if in_office else PERFORMER
    code = concept(LOINC, panel.code)
    order = orders.add(
        chart,
        visit,
        encounter,
        orders.Order(
            code,
            concept(SNOMED, _LABORATORY_PROCEDURE),
            panel.ordered,
            panel.reason,
            "active" if panel.status == "registered" else "completed",
            performer,
            panel.collected,
        ),
    )
    specimen = _specimen(chart, visit, panel, order)
    results = results_of(chart, panel, encounter, performer, specimen)
    _report(chart, visit, encounter, panel, (order, specimen, performer), results)


def results_of(
    chart: Chart,
    panel: Panel,
    encounter: Reference,
    performer: Reference = PERFORMER,
    specimen: Reference | None = None,
) -> list[Reference]:
    """Add one Observation per result of a panel; answers references to them."""
    known = observations.frame(chart, encounter, performer, panel.collected, panel.issued)
    frame = known._replace(status=panel.status)
    taken_from = {"specimen": specimen} if specimen else {}
    gender, age = chart.person.gender, coarse_age(chart, panel)
    kind = "inptlabobservation" if "stay-" in encounter["reference"] else "resultamb"
    return [_result(frame, kind, result, _standing(result.code, gender, age), taken_from) for result in panel.results]


def coarse_age(chart: Chart, panel: Panel) -> float:
    """The age in years as far as reference ranges know it: whole years, and smaller steps in the first two."""
    age = chart.person.age_on(panel.collected.date())
    return int(age) if age >= _FINE_UNTIL else int(age * 50) / 50


def _result(frame: Frame, kind: str, result: Result, standing: _Standing, specimen: dict[str, Any]) -> Reference:
    if result.absent:
        value: dict[str, Any] = {"dataAbsentReason": observations.absent(result.absent), "note": _HEMOLYZED}
    elif isinstance(result.value, str):
        value = _qualitative(result.code, result.value)
    else:
        value = _measured(result.value, standing)
    return observations.add(frame, kind, standing.template, {**value, **standing.shared, **specimen})


def _measured(value: float, standing: _Standing) -> dict[str, Any]:
    made: dict[str, Any] = {"valueQuantity": {"value": value, **standing.unit}}
    if flag := _flag(value, standing):
        made["interpretation"] = _interpretation(flag)
        if flag in ("HH", "LL"):
            made["note"] = _CALLED
    return made


@cache
def _qualitative(code: str, value: str) -> dict[str, Any]:
    """A finding: coded, or in words. Shared: do not change it."""
    words = laboratory.ANALYTES[code].kind == "text"
    made: dict[str, Any] = {"valueString": value} if words else {"valueCodeableConcept": concept(SNOMED, value)}
    if flag := _finding(code, value):
        made["interpretation"] = _interpretation(flag)
    return made


@cache
def _finding(code: str, value: str) -> str:
    """``POS`` and ``NEG`` where one of them is what was looked for, else ``A`` or ``N``."""
    found = laboratory.flag(code, value, "", 0)
    return _FOUND.get(value, found) if found else ""


@cache
def _interpretation(flag: str) -> list[Concept]:
    return [bare(_INTERPRETATION, flag)]


@cache
def _standing(code: str, gender: str, age: float) -> _Standing:
    analyte = laboratory.ANALYTES[code]
    low, high = laboratory.limits(code, gender, age)
    names = ["us-core-observation-lab"]
    if analyte.kind != "quantity":
        # A laboratory result is a clinical result too; said where it is no number, for those who look for such ones.
        names.append("us-core-observation-clinical-result")
    shared: dict[str, Any] = {}
    if low is not None or high is not None:
        shared["referenceRange"] = [_range(low, high, analyte.unit)]
    template = observations.template(LOINC, code, "laboratory", *names)
    return _Standing(template, low, high, analyte.panic, unit(analyte.unit) if analyte.unit else {}, shared)


def _range(low: float | None, high: float | None, measured_in: str) -> dict[str, Any]:
    made: dict[str, Any] = {"text": _range_text(low, high, measured_in)}
    if low is not None:
        made["low"] = {"value": low, **unit(measured_in)}
    if high is not None:
        made["high"] = {"value": high, **unit(measured_in)}
    return made


def _range_text(low: float | None, high: float | None, measured_in: str) -> str:
    if low is None:
        return f"<= {high} {measured_in}"
    return f">= {low} {measured_in}" if high is None else f"{low} - {high} {measured_in}"


def _flag(value: float, standing: _Standing) -> str:
    """As :func:`laboratory.flag`, with the range looked up before."""
    low, high, (least, most) = standing.low, standing.high, standing.panic
    if low is not None and value < low:
        return "LL" if least is not None and value < least else "L"
    if high is not None and value > high:
        return "HH" if most is not None and value > most else "H"
    return "" if low is None and high is None else "N"


def _specimen(chart: Chart, visit: Visit, panel: Panel, order: Reference) -> Reference:
    id = chart.new_id("specimen")
    collected = moments.date_time(panel.collected)
    lost = bool(panel.results) and all(result.absent for result in panel.results)
    body = {
        "identifier": [{"system": "https://fhir.athena.io/sid/ah-specimen", "value": id}],
        "accessionIdentifier": {
            "system": "https://laboratory.example.com/accession",
            "value": f"{collected[2:4]}{collected[5:7]}{collected[8:10]}-{id.rpartition('-')[2]}",
        },
        "status": "unsatisfactory" if lost else "available",
        "type": concept(SNOMED, panel.specimen),
        "subject": chart.subject,
        "receivedTime": collected,
        "request": [order],
        "collection": {
            "collector": actors.clinician(chart.person.practice, visit.provider),
            "collectedDateTime": collected,
        },
    }
    return chart.add("Specimen", id, panel.collected, body, "us-core-specimen")


def _report(
    chart: Chart,
    visit: Visit,
    encounter: Reference,
    panel: Panel,
    parties: tuple[Reference, Reference, Reference],
    results: list[Reference],
) -> None:
    order, specimen, performer = parties
    id = chart.new_id("inptresultlab" if visit.is_stay else "clinicalresult")
    # A report that is only registered was made known when the specimen was taken.
    issued = panel.issued if results else panel.collected
    body = report_body(chart, encounter, panel, issued, performer)
    body["basedOn"] = [order]
    body["specimen"] = [specimen]
    if results:
        body["result"] = results
        body["resultsInterpreter"] = [actors.clinician(chart.person.practice, visit.provider)]
        body["conclusion"] = laboratory.conclusion(panel.results, chart.person.gender, coarse_age(chart, panel))
        body["presentedForm"] = [pdf(id, f"{body['code']['text']} report")]
    _place(chart, id, body)


def report_body(
    chart: Chart, encounter: Reference, panel: Panel, issued: datetime, performer: Reference = PERFORMER
) -> dict[str, Any]:
    """The elements that every laboratory report has; without its results."""
    return {
        "status": panel.status,
        "category": _category(panel.code == _CYTOLOGY),
        "code": concept(LOINC, panel.code),
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": moments.date_time(panel.collected),
        "issued": moments.instant(issued),
        "performer": [performer],
    }


def _place(chart: Chart, id: str, body: dict[str, Any]) -> None:
    names = (_REPORT, _NOTE) if len(body["category"]) > 1 else (_REPORT,)
    meta = {"versionId": "1", "lastUpdated": body["issued"], "profile": profiles(*names)}
    chart.place("DiagnosticReport", id, meta, body)


@cache
def _category(pathology: bool) -> list[Concept]:
    laboratory_category = bare(HL7 + "v2-0074", "LAB")
    return [laboratory_category, concept(LOINC, _PATHOLOGY)] if pathology else [laboratory_category]


def pdf(name: str, title: str) -> dict[str, str]:
    """The attachment that is a report as a document; it is served under the report's id."""
    return {"contentType": "application/pdf", "url": f"{DOCUMENTS}/{name}.pdf", "title": title}


def flag_of(result: Result, gender: str, age: float) -> str:
    """The interpretation of a result, empty where there is none."""
    if result.absent:
        return ""
    if isinstance(result.value, str):
        return _finding(result.code, result.value)
    return _flag(result.value, _standing(result.code, gender, age))
