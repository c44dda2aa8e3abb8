"""Vital signs of a visit, in range for age and agreeing with each other.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-vital-signs.html
"""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from mock_athena.population import growth
from mock_athena.population.ailments import EAR_INFECTION, SORE_THROAT, VIRAL_INFECTION
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import LOINC, Concept, coding, concept, quantity
from mock_athena.population.content import observations
from mock_athena.population.health import PNEUMONIA, Health
from mock_athena.population.person import Person
from mock_athena.population.timeline import ACUTE, Visit

_FULL_GROWN = 20
_RATES = ((1, 130, 34), (3, 112, 27), (6, 98, 23), (12, 86, 20), (150, 74, 15))
_PRESSURE = "85354-9"
SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"


@dataclass(frozen=True, slots=True)
class Measured:
    """The vital signs of one visit; None is what is not measured at that age.

    Attributes:
        height: cm.
        weight: kg.
        temperature: degrees Fahrenheit.
        pulse: beats a minute.
        breaths: a minute.
        saturation: percent.
        pressure: systolic and diastolic in mmHg, from 3 years.
        bmi: kg/m2, from 2 years.
    """

    height: float
    weight: float
    temperature: float
    pulse: int
    breaths: int
    saturation: int
    pressure: tuple[int, int] | None
    bmi: float | None


def measure(person: Person, health: Health, visit: Visit) -> Measured:
    """The vital signs that the person has at the visit."""
    random = person.stream(f"vitals/{visit.order}")
    age = person.age_on(visit.start.date())
    height = growth.height(person.gender, age, health.stature)
    weight = _weight(random, person, health, age, height)
    pulse, breaths = next((pulse, breaths) for below, pulse, breaths in _RATES if age < below)
    feverish = visit.kind == ACUTE and visit.reason in (EAR_INFECTION, VIRAL_INFECTION, SORE_THROAT)
    return Measured(
        height=height,
        weight=weight,
        temperature=round(random.gauss(100.8 if feverish else 98.2, 0.35), 1),
        pulse=pulse + random.randint(-9, 9) + (8 if feverish else 0),
        breaths=breaths + random.randint(-2, 2),
        saturation=random.randint(93, 96) if visit.reason == PNEUMONIA else random.randint(96, 99),
        pressure=_pressure(random, health, age),
        bmi=round(weight / (height / 100) ** 2, 1) if age >= 2 else None,
    )


def _weight(random: Random, person: Person, health: Health, age: float, height: float) -> float:
    if person.age < _FULL_GROWN:
        return growth.child_weight(person.gender, age, health.stature, health.heaviness)
    return growth.adult_weight(height, health.bmi + random.uniform(-0.5, 0.5))


def _pressure(random: Random, health: Health, age: float) -> tuple[int, int] | None:
    if age < 3:
        return None
    usual = health.systolic if age >= 18 else 92 + 1.5 * age
    systolic = round(usual) + random.randint(-6, 6)
    return systolic, round(systolic * 0.62) + random.randint(-3, 5)


def record(chart: Chart, visit: Visit, encounter: Reference, found: Measured) -> None:
    """Add the Observations."""
    taken = visit.start + timedelta(minutes=5)

    def add(id: str, code: Concept, result: dict[str, Any], profile: str) -> None:
        observations.record(chart, id, "vital-signs", code, encounter, taken, result, profile)

    if found.pressure:
        add(_pressure_id(chart), concept(LOINC, _PRESSURE), _components(found.pressure), "us-core-blood-pressure")
    for code, value, unit, profile in _simple(found):
        add(chart.new_id("vitalamb"), code, {"valueQuantity": quantity(value, unit)}, profile)


def _simple(found: Measured) -> list[tuple[Concept, float, str, str]]:
    listed = [
        (concept(LOINC, "8302-2"), found.height, "cm", "us-core-body-height"),
        (concept(LOINC, "29463-7"), found.weight, "kg", "us-core-body-weight"),
        (concept(LOINC, "8867-4"), found.pulse, "/min", "us-core-heart-rate"),
        (concept(LOINC, "9279-1"), found.breaths, "/min", "us-core-respiratory-rate"),
        (concept(LOINC, "8310-5"), found.temperature, "[degF]", "us-core-body-temperature"),
        (_oximetry(), found.saturation, "%", "us-core-pulse-oximetry"),
    ]
    if found.bmi is not None:
        listed.append((concept(LOINC, "39156-5"), found.bmi, "kg/m2", "us-core-bmi"))
    return listed


def _oximetry() -> Concept:
    """US Core asks for both codes, by pulse oximetry and in arterial blood."""
    both = [coding(LOINC, "59408-5"), coding(LOINC, "2708-6")]
    return {"coding": both, "text": both[0]["display"]}


def _pressure_id(chart: Chart) -> str:
    number = chart.number("vitalamb-bp")
    return f"a-{chart.person.practice}.vitalamb-bp-{number}-{number + 1}"


def _components(pressure: tuple[int, int]) -> dict[str, Any]:
    return {
        "component": [
            {"code": concept(LOINC, code), "valueQuantity": quantity(value, "mm[Hg]")}
            for code, value in zip((SYSTOLIC, DIASTOLIC), pressure, strict=True)
        ]
    }
