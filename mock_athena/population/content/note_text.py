"""The words of a clinical note, as a small web page: what the visit was about, what was found, and what follows.

The sections are those of common US notes: https://hl7.org/cda/us/ccda/2024Sep/StructureDefinition-ProgressNote.html.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape

from mock_athena.population import laboratory as tests
from mock_athena.population.chart import Chart
from mock_athena.population.codes import CVX, ICD10CM, LOINC, RXNORM, SNOMED, display
from mock_athena.population.content import laboratory, problem_names
from mock_athena.population.formulary import FORMULARY
from mock_athena.population.story import Panel, Result, Visit, Vitals

_KINDS = {
    "wellness": "Preventive visit",
    "follow-up": "Follow-up visit",
    "acute": "Visit for a new complaint",
    "prenatal": "Prenatal visit",
    "emergency": "Emergency department visit",
    "stay": "Hospital stay",
    "virtual": "Telehealth visit",
}
_IN_YEARS_FROM, _IN_DAYS_UNTIL = 2, 60
_FLAGS = {"H": " (H)", "L": " (L)", "HH": " (HH)", "LL": " (LL)", "A": " (abnormal)", "POS": " (positive)"}


def page(chart: Chart, visit: Visit, title: str, addendum: str = "") -> str:
    """The note of a visit as well-formed HTML."""
    sections = "".join(f"<h2>{heading}</h2>{body}" for heading, body in _sections(chart, visit) if body)
    added = f"<h2>Addendum</h2><p>{_safe(addendum)}</p>" if addendum else ""
    return (
        f'<html lang="en"><head><meta charset="utf-8"/><title>{_safe(title)}</title></head><body>'
        f"<h1>{_safe(title)}</h1><p>{_safe(_who(chart, visit))}</p>{sections}{added}"
        "<p>Electronically signed. Synthetic record, no real patient.</p></body></html>"
    )


def _who(chart: Chart, visit: Visit) -> str:
    patient = chart.resources[0]
    name = patient["name"][0] if patient.get("name") else {}
    known = " ".join((*name.get("given", ()), name.get("family", "")))
    age = _age(chart.person.age_on(visit.start.date()))
    return (
        f"{known}, born {chart.person.born.isoformat()}, {age} old, {chart.person.gender}. "
        f"{_KINDS[visit.kind]}, {visit.start.isoformat(' ', 'minutes')[:16]} UTC."
    )


def _age(years: float) -> str:
    """An age as it is said: small children's in months, new-borns' in days."""
    if years >= _IN_YEARS_FROM:
        return f"{int(years)} years"
    days = round(years * 365.25)
    return f"{int(years * 12)} months" if days > _IN_DAYS_UNTIL else f"{days} days"


def _sections(chart: Chart, visit: Visit) -> Iterator[tuple[str, str]]:
    yield "Reason for visit", _list(_name(ICD10CM, code) for code in visit.reasons)
    yield ("Hospital course" if visit.is_stay else "History"), _paragraph(visit.summary)
    yield "Active problems", _list(_problems(chart, visit))
    yield "Current medications", _list(_taken(chart, visit))
    yield "Allergies", _list(_allergies(chart))
    yield "Vital signs", f"<p>{_vitals(visit.vitals)}</p>" if visit.vitals else ""
    yield "Results", _list((*_results(chart, visit), *(_safe(study.conclusion) for study in visit.studies)))
    yield "Procedures", _list(_name(done.system, done.code) for done in visit.operations)
    yield "Assessment", _list(_name(ICD10CM, found.icd10) for found in visit.diagnoses)
    yield ("Discharge medications" if visit.is_stay else "Medications ordered"), _list(_medications(visit))
    yield "Immunizations", _list(_vaccines(visit))
    yield (
        "Plan",
        _list((*map(_safe, visit.plan), *(f"Referral: {_name(SNOMED, asked.code)}" for asked in visit.referrals))),
    )


def _paragraph(sentences: tuple[str, ...]) -> str:
    return f"<p>{_safe(' '.join(sentences))}</p>" if sentences else ""


def _safe(text: str) -> str:
    return escape(text, quote=False)


@cache
def _name(system: str, code: str) -> str:
    """What a code is called, ready for the page."""
    return _safe(display(system, code))


def _list(lines: Iterable[str]) -> str:
    """A list of lines that are ready for the page."""
    items = "</li><li>".join(lines)
    return f"<ul><li>{items}</li></ul>" if items else ""


def _problems(chart: Chart, visit: Visit) -> Iterator[str]:
    """The problem list as it was on that day."""
    day = visit.start.date()
    for problem, name in problem_names.listed(chart.story.problems):
        if problem.recorded <= day and (problem.abated is None or problem.abated > day):
            yield _safe(name)


def _taken(chart: Chart, visit: Visit) -> list[str]:
    """What was ordered before and is still taken on that day."""
    day = visit.start.date()
    drugs = {
        ordered.drug
        for earlier in chart.story.visits[: visit.order - 1]
        for ordered in earlier.prescriptions
        if ordered.ends is None or ordered.ends > day
    }
    return [_name(RXNORM, FORMULARY[drug].code) for drug in sorted(drugs)]


def _allergies(chart: Chart) -> list[str]:
    known = [each for each in chart.story.allergies if each.substance and each.status == "active"]
    return [_name(each.system, each.substance) for each in known] or ["No known allergies"]


def _vitals(found: Vitals) -> str:
    parts = [f"temperature {found.temperature} F", f"pulse {found.pulse}/min", f"respirations {found.breaths}/min"]
    if found.systolic is not None:
        parts.insert(0, f"BP {found.systolic}/{found.diastolic} mmHg")
    parts.append(f"SpO2 {found.saturation} %")
    for words, value in (("height", found.height), ("weight", found.weight), ("BMI", found.bmi)):
        if value is not None:
            parts.append(f"{words} {value}{_UNITS[words]}")
    if found.pain is not None:
        parts.append(f"pain {found.pain}/10")
    return ", ".join(parts)


_WRITTEN = {
    "mL/min/{1.73_m2}": "mL/min/1.73 m2",
    "[pH]": "",
    "1": "",
    "/[HPF]": "/HPF",
    "{INR}": "",
    "[IU]/mL": "IU/mL",
}
_UNITS = {"height": " cm", "weight": " kg", "BMI": " kg/m2"}


def _results(chart: Chart, visit: Visit) -> Iterator[str]:
    """A line for each panel."""
    for panel in visit.panels:
        yield f"{_name(LOINC, panel.code)}: {_values(chart, panel) or 'pending'}"


def _values(chart: Chart, panel: Panel) -> str:
    age = laboratory.coarse_age(chart, panel)
    return "; ".join([_line(result, chart.person.gender, age) for result in panel.results])


def _line(result: Result, gender: str, age: float) -> str:
    flag = _FLAGS.get(laboratory.flag_of(result, gender, age), "")
    return f"{_test(result.code)} {_words(result)}{flag}"


def _words(result: Result) -> str:
    if result.absent:
        return "not available"
    if not isinstance(result.value, str):
        return f"{result.value} {_unit(result.code)}".rstrip()
    return _safe(result.value) if tests.ANALYTES[result.code].kind == "text" else _name(SNOMED, result.value)


@cache
def _test(code: str) -> str:
    return _safe(tests.ANALYTES[code].name)


@cache
def _unit(code: str) -> str:
    measured_in = tests.ANALYTES[code].unit
    return _safe(_WRITTEN.get(measured_in, measured_in))


def _medications(visit: Visit) -> Iterator[str]:
    for ordered in visit.prescriptions:
        drug = FORMULARY[ordered.drug]
        if ordered.setting != "inpatient":
            ended = f" ({ordered.status})" if ordered.status in ("stopped", "cancelled", "on-hold") else ""
            yield f"{_name(RXNORM, drug.code)}. {_safe(drug.sig)}{ended}"


def _vaccines(visit: Visit) -> Iterator[str]:
    for dose in visit.vaccinations:
        yield _name(CVX, dose.cvx) + (" - declined" if dose.refused else "")
