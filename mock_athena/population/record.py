"""The whole record of one patient, written in the order in which a practice would write it."""

from datetime import date

from mock_athena.fhir.resource import Resource
from mock_athena.population import guide, health, person, timeline
from mock_athena.population.ailments import DIABETES
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.content import (
    allergies,
    appointments,
    care,
    conditions,
    demographics,
    encounters,
    immunizations,
    laboratory,
    medications,
    notes,
    procedures,
    provenance,
    smoking,
    vitals,
)
from mock_athena.population.health import Health
from mock_athena.population.timeline import Visit


def write(seed: int, practice: int, n: int, as_of: date) -> list[Resource]:
    """Every resource of patient ``n``."""
    who = person.draw(seed, practice, n, as_of)
    state = health.draw(who)
    seen = timeline.visits(who, state)
    chart = Chart(who)
    patient = demographics.record(chart)
    problems = conditions.problem_list(chart, state)
    allergies.record(chart, state, seen[0].start.date())
    immunizations.record(chart)
    procedures.history(chart)
    for visit in seen:
        _visit(chart, visit, state, problems, patient)
    care.record(chart, state, problems, next(visit.end for visit in seen if visit.last))
    appointments.planned(chart)
    if n == person.GUIDE_PATIENT:
        guide.record(chart, problems[DIABETES])
    return chart.resources


def _visit(chart: Chart, visit: Visit, state: Health, problems: dict[str, Reference], patient: Resource) -> None:
    mark = len(chart.resources)
    appointment = appointments.kept(chart, visit)
    id = encounters.new_id(chart, visit)
    encounter = {"reference": f"Encounter/{id}"}
    diagnosis = conditions.diagnosis(chart, visit, encounter, state)
    encounters.record(chart, visit, id, diagnosis, appointment)
    measured = vitals.measure(chart.person, state, visit)
    vitals.record(chart, visit, encounter, measured)
    smoking.record(chart, visit, encounter, state)
    laboratory.record(chart, visit, encounter, state)
    procedures.record(chart, visit, encounter, diagnosis)
    drugs = medications.record(chart, visit, encounter, state, problems, diagnosis)
    notes.record(chart, visit, encounter, notes.Story(patient, measured, drugs))
    provenance.record(chart, visit, mark)
