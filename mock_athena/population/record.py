"""Everything that is on record about one patient: the story of their life, written as resources."""

from datetime import date

from mock_athena.fhir.resource import Resource
from mock_athena.garbage import without_collection
from mock_athena.population import guide, life, person
from mock_athena.population.chart import Chart
from mock_athena.population.content import (
    allergies,
    appointments,
    care,
    conditions,
    coverage,
    demographics,
    encounters,
    filed,
    immunizations,
    laboratory,
    medications,
    notes,
    procedures,
    provenance,
    referrals,
    related,
    screenings,
    social,
    studies,
    vitals,
)
from mock_athena.population.story import Visit


@without_collection()
def write(seed: int, practice: int, n: int, as_of: date) -> list[Resource]:
    """Every resource of patient ``n``, the Patient first."""
    chart = Chart(life.tell(person.draw(seed, practice, n, as_of)))
    demographics.record(chart)
    related.record(chart)
    coverage.record(chart)
    conditions.problem_list(chart)
    allergies.record(chart)
    immunizations.historical(chart)
    procedures.historical(chart)
    medications.reported(chart)
    for visit in chart.story.visits:
        _visit(chart, visit)
    care.record(chart)
    filed.record(chart)
    appointments.planned(chart)
    if n == person.GUIDE_PATIENT:
        guide.record(chart)
    provenance.rest(chart)
    return chart.resources


def _visit(chart: Chart, visit: Visit) -> None:
    """Write a visit: what was found before what was done about it, the note when all of it is there."""
    mark = len(chart.resources)
    appointment = appointments.kept(chart, visit)
    encounter = encounters.reserve(chart, visit)
    diagnoses = conditions.diagnoses(chart, visit, encounter)
    encounters.record(chart, visit, diagnoses, appointment)
    vitals.record(chart, visit, encounter)
    social.record(chart, visit, encounter)
    screenings.record(chart, visit, encounter)
    laboratory.record(chart, visit, encounter)
    studies.record(chart, visit, encounter)
    medications.record(chart, visit, encounter)
    immunizations.record(chart, visit, encounter)
    procedures.record(chart, visit, encounter, diagnoses)
    referrals.record(chart, visit, encounter)
    notes.record(chart, visit, encounter)
    provenance.record(chart, visit, mark)
