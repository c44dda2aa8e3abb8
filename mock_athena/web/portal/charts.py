"""The visits of a patient that a launch can be about."""

import json
from typing import NamedTuple

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import HasId, InCompartment, Selection
from mock_athena.web.portal.names import visit_of
from mock_athena.web.world import Environment

MOST = 25


class Encounter(NamedTuple):
    """One visit: the id of its Encounter, and what it was."""

    id: str
    about: str


def encounters_of(here: Environment, patient: str) -> tuple[Encounter, ...]:
    """The latest visits of a patient, the newest first."""
    date = RESOURCE_TYPES["Encounter"].date
    selection = Selection("Encounter", (InCompartment((patient,)),), date)
    rows = here.store.snapshot().page(selection, MOST)
    return tuple(Encounter(row.id, visit_of(json.loads(row.body))) for row in rows)


def encounter_of(here: Environment, patient: str, id: str) -> Encounter | None:
    """That visit of that patient."""
    selection = Selection("Encounter", (InCompartment((patient,)), HasId((id,))), RESOURCE_TYPES["Encounter"].date)
    rows = here.store.snapshot().page(selection, 1)
    return Encounter(id, visit_of(json.loads(rows[0].body))) if rows else None
