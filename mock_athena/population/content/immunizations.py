"""Immunizations: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-immunization.html."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mock_athena.population import moments
from mock_athena.population.chart import Chart
from mock_athena.population.codes import CVX, HL7, bare, concept
from mock_athena.population.content.schedule import (
    QUADRIVALENT_INFLUENZA,
    QUADRIVALENT_UNTIL,
    ROUTINE,
    TRIVALENT_INFLUENZA,
)
from mock_athena.population.person import Person
from mock_athena.population.staff import primary_care

Dose = tuple[date, str, int, str]
"""Day, CVX code, number within the series, route."""

_LATE = 24
_INFLUENZA_YEARS = 2
_OWN_RECORD = timedelta(days=4 * 365)


def record(chart: Chart) -> None:
    """Add every dose that the person has had, oldest first."""
    for dose in sorted([*_routine(chart.person), *_influenza(chart.person)]):
        _add(chart, dose)


def _routine(person: Person) -> Iterator[Dose]:
    for vaccine in ROUTINE:
        random = person.stream(f"vaccine/{vaccine.code}")
        for number, months in enumerate(vaccine.months, 1):
            day = max(person.born, moments.add_months(person.born, months)) + timedelta(days=random.randint(1, _LATE))
            if vaccine.since <= day.year <= vaccine.until and day < person.as_of - timedelta(days=2):
                yield day, vaccine.code, number, vaccine.route


def _influenza(person: Person) -> Iterator[Dose]:
    random = person.stream("vaccine/influenza")
    for year in range(person.as_of.year - _INFLUENZA_YEARS, person.as_of.year):
        day = date(year, 10, random.randint(1, 31))
        comes = random.random() < 0.5
        if comes and person.age_on(day) >= 0.6:
            trivalent = year > QUADRIVALENT_UNTIL
            yield day, TRIVALENT_INFLUENZA if trivalent else QUADRIVALENT_INFLUENZA, 1, "IM"


def _add(chart: Chart, dose: Dose) -> None:
    day, code, number, route = dose
    given_here = chart.person.as_of - day < _OWN_RECORD
    kind = "clinical" if given_here else "historical"
    random = chart.person.stream(f"lot/{code}/{number}/{day}") if given_here else None
    body = {
        "status": "completed",
        "vaccineCode": concept(CVX, code),
        "patient": chart.subject,
        "occurrenceDateTime": day.isoformat(),
        "primarySource": given_here,
        **({"lotNumber": _lot(random)} if random else {}),
        **({} if route == "PO" else {"site": _site(chart.person, day, number)}),
        "route": concept(HL7 + "v3-RouteOfAdministration", route),
        **({"performer": [{"actor": primary_care(chart.person)}]} if given_here else {}),
        "protocolApplied": [{"doseNumberPositiveInt": number}],
    }
    moment = moments.at(day, 21 * 60)
    chart.add("Immunization", chart.new_id(kind), moment, body, "us-core-immunization")


def _lot(random: Random) -> str:
    return f"{random.choice('ABCDEFGHJK')}{random.randint(10000, 99999)}"


def _site(person: Person, day: date, number: int) -> dict[str, object]:
    limb = "T" if person.age_on(day) < 2 else "A"
    return bare(HL7 + "v3-ActSite", ("L" if number % 2 else "R") + limb)
