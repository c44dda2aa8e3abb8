"""Whose records an application is to open: the patient, and the encounter where one is asked for."""

from dataclasses import dataclass
from typing import Literal

from mock_athena.auth.authorize import AuthorizationRequest
from mock_athena.auth.form import Parameters
from mock_athena.auth.launch import LaunchContext
from mock_athena.web.portal.charts import Encounter, encounter_of, encounters_of
from mock_athena.web.portal.people import Person
from mock_athena.web.portal.portal import Portal

NO_ENCOUNTER = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, or must be chosen next.

    Attributes:
        patient, encounter: None for none.
        missing: what the person has to choose; empty if nothing is left to choose.
        wrong: what was sent for it and cannot be chosen; empty if nothing was.
    """

    patient: Person | None = None
    encounter: Encounter | None = None
    missing: Literal["", "patient", "encounter"] = ""
    wrong: str = ""


def chosen(portal: Portal, sent: Parameters, asked: AuthorizationRequest, person: Person) -> Choice:
    """What the launch, the person's own role and the parameters ``patient`` and ``encounter`` say."""
    context = asked.launch.context if asked.launch else LaunchContext()
    if not (asked.needs_patient or asked.needs_encounter):
        return Choice(portal.people.patient(asked.environment, context.patient))
    wanted = context.patient or only_patient(person) or sent.get("patient")
    patient = portal.people.patient(asked.environment, wanted)
    if patient is None or not person.user.may_act_for(patient.id):
        return Choice(missing="patient", wrong=wanted or "")
    if not asked.needs_encounter:
        return Choice(patient)
    return _with_encounter(portal, context.encounter or sent.get("encounter"), asked, patient)


def only_patient(person: Person) -> str | None:
    """The one for whom somebody may act; None where there are several."""
    patients = person.user.patients
    return patients[0] if patients is not None and len(patients) == 1 else None


def _with_encounter(portal: Portal, wanted: str | None, asked: AuthorizationRequest, patient: Person) -> Choice:
    here = portal.world.environments[asked.environment]
    if wanted == NO_ENCOUNTER:
        return Choice(patient)
    encounter = encounter_of(here, patient.id, wanted) if wanted else None
    if encounter is None and (wanted or encounters_of(here, patient.id)):
        return Choice(patient, missing="encounter", wrong=wanted or "")
    return Choice(patient, encounter)
