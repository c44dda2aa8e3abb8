"""Immunizations: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-immunization.html."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import CVX, HL7, Concept, bare, concept
from mock_athena.population.content import actors
from mock_athena.population.person import ADULT
from mock_athena.population.staff import department
from mock_athena.population.story import Vaccination, Visit

_PROFILE = "us-core-immunization"
# How the vaccines that are not injected into a muscle are given: CVX → v3-RouteOfAdministration.
_ROUTES = {
    "03": "SQ",
    "21": "SQ",
    "94": "SQ",
    "33": "IM",
    "116": "PO",
    "119": "PO",
    "111": "NASINHLC",
    "149": "NASINHLC",
}
# Millilitres where it is not half of one.
_DOSES = {"116": 2.0, "119": 1.0, "43": 1.0, "52": 1.0, "111": 0.2, "149": 0.2, "121": 0.65, "135": 0.5, "197": 0.7}
_MAKERS = ("Example Vaccines, Inc.", "Sample Biologics LLC", "Specimen Immunology Corp.")
_ARM_FROM = 3
_MEDICARE = 65
_SHELF_LIFE = 300
_GIVEN_AFTER = timedelta(minutes=22)


def historical(chart: Chart) -> None:
    """Add the doses that are known from elsewhere."""
    for dose in chart.story.vaccinations:
        body = {
            "status": "completed",
            "vaccineCode": concept(CVX, dose.cvx),
            "patient": chart.subject,
            "occurrenceDateTime": dose.day.isoformat(),
            "recorded": dose.day.isoformat(),
            "primarySource": False,
            "reportOrigin": _origin(),
            **_series(dose.dose),
        }
        chart.add("Immunization", chart.new_id("historical"), moments.at(dose.day, 21 * 60), body, _PROFILE)


@cache
def _origin() -> Concept:
    return concept(HL7 + "immunization-origin", "record")


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add the doses given at a visit, and those refused."""
    for place, dose in enumerate(visit.vaccinations):
        given = min(visit.start + _GIVEN_AFTER, visit.end)
        body = {
            "status": "completed",
            "vaccineCode": concept(CVX, dose.cvx),
            "patient": chart.subject,
            "encounter": encounter,
            "occurrenceDateTime": moments.date_time(given),
            "recorded": moments.date_time(given),
            "primarySource": True,
            "location": {"reference": f"Location/{department(chart.person, visit.kind)}"},
            **(_refused() if dose.refused else _given(chart, visit, dose, place)),
            **_series(dose.dose),
        }
        chart.add("Immunization", chart.new_id("clinical"), given, body, _PROFILE)


@cache
def _refused() -> dict[str, Any]:
    return {"status": "not-done", "statusReason": concept(HL7 + "v3-ActReason", "PATOBJ")}


def _given(chart: Chart, visit: Visit, dose: Vaccination, place: int) -> dict[str, Any]:
    """What is known of a dose of one's own: the vial, where it went in and who gave it."""
    lot = _lot(dose.cvx, dose.day)
    paid_by_the_public = not ADULT <= chart.person.age_on(dose.day) < _MEDICARE
    return {
        **lot,
        **_way(dose.cvx, chart.person.age_on(dose.day) < _ARM_FROM, place % 2 == 1),
        "performer": [
            {
                "function": concept(HL7 + "v2-0443", "AP"),
                "actor": actors.clinician(chart.person.practice, visit.provider),
            }
        ],
        "fundingSource": concept(HL7 + "immunization-funding-source", "public" if paid_by_the_public else "private"),
    }


@cache
def _lot(cvx: str, day: date) -> dict[str, Any]:
    """The lot from which everybody was given in the same half of a year. Shared: do not change it."""
    number = int(cvx) * 7919 + day.year * 31 + day.month // 7
    month = 1 if day.month < 7 else 7
    expires = date(day.year, month, 28) + timedelta(days=_SHELF_LIFE + number % 200)
    return {
        "manufacturer": {"display": _MAKERS[int(cvx) % len(_MAKERS)]},
        "lotNumber": f"{'ABCDEFGHJK'[number % 10]}{number % 90000 + 10000}",
        "expirationDate": expires.isoformat(),
    }


@cache
def _way(cvx: str, infant: bool, right: bool) -> dict[str, Any]:
    """Route, site and amount. Shared: do not change it."""
    route = _ROUTES.get(cvx, "IM")
    made = {
        "route": concept(HL7 + "v3-RouteOfAdministration", route),
        "doseQuantity": {
            "value": _DOSES.get(cvx, 0.5),
            "unit": "mL",
            "system": "http://unitsofmeasure.org",
            "code": "mL",
        },
    }
    if route in ("IM", "SQ"):
        made["site"] = bare(HL7 + "v3-ActSite", ("R" if right else "L") + ("T" if infant else "A"))
    return made


@cache
def _series(dose: int) -> dict[str, Any]:
    return {"protocolApplied": [{"doseNumberPositiveInt": dose}]} if dose else {}
