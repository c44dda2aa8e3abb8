"""What a person tells of their life, and of a pregnancy.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-smokingstatus.html and its neighbours.
"""

from datetime import date
from functools import cache
from typing import Any, NamedTuple

from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import LOINC, SNOMED, Concept, concept, display, unit
from mock_athena.population.content import actors, observations
from mock_athena.population.content.observations import Frame, Template
from mock_athena.population.story import Fact, Visit

_SIMPLE = "us-core-simple-observation"
_UNKNOWN = "261665006"


class _Saying(NamedTuple):
    """How a kind of fact is said: its code, profile, the unit of a number and the kind of its id."""

    system: str
    code: str
    profile: str = _SIMPLE
    unit: str = ""
    id: str = "socialhistory"


_SAYINGS = {
    "smoking": _Saying(LOINC, "72166-2", "us-core-smokingstatus", id="smokingStatus"),
    # Pack-years are no smoking status to US Core 3.1.1, whose profile has the same URL.
    "pack-years": _Saying(SNOMED, "401201003", unit="{PackYears}"),
    "alcohol": _Saying(LOINC, "74013-4", unit="{drinks}/d"),
    "occupation": _Saying(LOINC, "11341-5", "us-core-observation-occupation", id="occupation"),
    "sexual-orientation": _Saying(LOINC, "76690-7", "us-core-observation-sexual-orientation"),
    "pregnancy-status": _Saying(LOINC, "82810-3", "us-core-observation-pregnancystatus"),
    "pregnancy-intent": _Saying(LOINC, "86645-9", "us-core-observation-pregnancyintent"),
    "gestational-age": _Saying(LOINC, "18185-9", unit="wk"),
    "due-date": _Saying(LOINC, "11778-8"),
}

_INDUSTRIES = (
    ("teach", "Education"),
    ("nurs", "Health care"),
    ("physician", "Health care"),
    ("carpenter", "Construction"),
    ("electric", "Construction"),
    ("construct", "Construction"),
    ("driver", "Transportation"),
    ("cook", "Food services"),
    ("chef", "Food services"),
    ("cashier", "Retail trade"),
    ("sales", "Retail trade"),
    ("software", "Information technology"),
    ("farm", "Agriculture"),
    ("police", "Public administration"),
    ("clerk", "Administrative services"),
)


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add an Observation for each fact told at a visit."""
    performer = actors.clinician(chart.person.practice, visit.provider)
    for fact in visit.facts:
        saying = _SAYINGS[fact.kind]
        frame = observations.frame(chart, encounter, performer, fact.told)
        if fact.kind == "occupation":
            _occupation(frame, saying, fact)
        else:
            observations.add(frame, saying.id, _template(saying), _value(saying, fact.value))


@cache
def _template(saying: _Saying) -> Template:
    return observations.template(saying.system, saying.code, "social-history", saying.profile)


def _value(saying: _Saying, value: str | float | date) -> dict[str, Any]:
    """The value[x] of a fact; a bool before a number, as it is one."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int | float):
        return {"valueQuantity": {"value": value, **unit(saying.unit)}}
    if isinstance(value, date):
        return {"valueDateTime": value.isoformat()}
    return _words(value)


@cache
def _words(value: str) -> dict[str, Any]:
    """A code of SNOMED CT, or LOINC's answers, where the table has it; else text."""
    found = coded(value)
    return {"valueCodeableConcept": found} if found else {"valueString": value}


@cache
def coded(value: str) -> Concept | None:
    """The concept of a code of SNOMED CT or LOINC, None for what is no code of the table."""
    for system in (SNOMED, LOINC):
        try:
            display(system, value)
        except KeyError:
            continue
        return concept(system, value)
    return None


def _occupation(frame: Frame, saying: _Saying, fact: Fact) -> None:
    """Occupation and industry in words: no code system for them may be shipped."""
    words = str(fact.value)
    result: dict[str, Any] = {
        "effectivePeriod": {"start": frame.effective[:10]},
        "valueCodeableConcept": coded(words) or {"text": words},
    }
    industry = next((name for part, name in _INDUSTRIES if part in words.lower()), "")
    if industry:
        result["component"] = [{"code": concept(LOINC, "86188-0"), "valueCodeableConcept": {"text": industry}}]
    made = frame.chart.resources
    observations.add(frame, saying.id, _template(saying), result)
    del made[-1]["effectiveDateTime"]
