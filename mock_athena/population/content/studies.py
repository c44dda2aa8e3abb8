"""Imaging, ECGs and lung function tests: the order, what was measured, and the report.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-diagnosticreport-note.html
"""

from functools import cache
from html import escape
from typing import Any

from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import LOINC, SNOMED, Concept, concept
from mock_athena.population.content import actors, laboratory, observations, orders
from mock_athena.population.story import Study, Visit
from mock_athena.population.studies import RATE

_IMAGING, _EVALUATION = "363679005", "386053000"
_PARTS = {
    "radiology": "LP29684-5",
    "cardiology": "LP29708-2",
    "pathology": "LP7839-6",
    # US Core knows no fourth part; a lung function laboratory reports with the heart's.
    "pulmonary": "LP29708-2",
}
_PROFILE = "us-core-observation-clinical-result"
_HEART_RATE = ("us-core-heart-rate", "http://hl7.org/fhir/StructureDefinition/heartrate")
_IMPRESSION = "19005-8"


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add the studies of a visit."""
    for study in visit.studies:
        _study(chart, visit, encounter, study)


def _study(chart: Chart, visit: Visit, encounter: Reference, study: Study) -> None:
    performer = actors.clinician(chart.person.practice, visit.provider)
    code = concept(LOINC, study.code)
    kind = concept(SNOMED, _IMAGING if study.category == "radiology" else _EVALUATION)
    asked = orders.Order(
        code, kind, min(visit.start, study.performed), study.reason, "completed", None, study.performed
    )
    order = orders.add(chart, visit, encounter, asked)
    results = _results(chart, encounter, performer, study)
    id = chart.new_id("clinicalresult")
    body = {
        "text": _narrative(code["text"], study),
        "basedOn": [order],
        "status": "final",
        "category": _category(study.category),
        "code": code,
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": moments.date_time(study.performed),
        "issued": moments.instant(study.issued),
        "performer": [actors.organization(chart.person.practice), performer],
        "resultsInterpreter": [performer],
        "result": results,
        "conclusion": study.conclusion,
        "presentedForm": _forms(id, f"{code['text']} report", picture=study.picture),
    }
    chart.add("DiagnosticReport", id, study.issued, body, "us-core-diagnosticreport-note")


@cache
def _category(category: str) -> list[Concept]:
    return [concept(LOINC, _PARTS[category])]


def _results(chart: Chart, encounter: Reference, performer: Reference, study: Study) -> list[Reference]:
    """The measures, and what they were found to mean."""
    frame = observations.frame(chart, encounter, performer, study.performed, study.issued)
    group = "imaging" if study.category == "radiology" else "procedure"
    made = [
        observations.add(frame, "resultamb", _measured(code, group), observations.value(value, unit))
        for code, value, unit in study.measures
    ]
    if study.category == "radiology":
        template = observations.template(LOINC, _IMPRESSION, group, _PROFILE)
        made.append(observations.add(frame, "resultamb", template, {"valueString": study.conclusion}))
    return made


def _measured(code: str, group: str) -> observations.Template:
    """R4 has every Observation of a heart rate be a vital sign, whatever it was counted on."""
    if code == RATE:
        return observations.template(LOINC, code, "vital-signs", *_HEART_RATE)
    return observations.template(LOINC, code, group, _PROFILE)


def _narrative(title: str, study: Study) -> dict[str, str]:
    div = (
        f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>{escape(title)}</b></p>'
        f"<p>Findings: {escape(study.findings)}</p><p>Conclusion: {escape(study.conclusion)}</p></div>"
    )
    return {"status": "generated", "div": div}


def _forms(id: str, title: str, *, picture: bool) -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = [laboratory.pdf(id, title)]
    if picture:
        forms.append({"contentType": "image/png", "url": f"{DOCUMENTS}/{id}.png", "title": f"{title}, image"})
    return forms
