"""What a document may be made of: the resources of one snapshot that one caller may see."""

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource
from mock_athena.store import Snapshot
from mock_athena.store.confinement import confinement, is_hidden
from mock_athena.store.criteria import Criterion, HasReference, InCompartment, Selection

if TYPE_CHECKING:
    from mock_athena.documents.sources import Sources

DOCUMENTED = ("DiagnosticReport", "DocumentReference", "CarePlan")
"""The types that have documents, in the order in which an id is looked for among them."""

_MOST = 500  # resources of one type in one document


def sources_for(snapshot: Snapshot, patient: str | None, practice: str) -> "Sources":
    """The sources of documents.

    Args:
        patient: id of the Patient to whom the caller is confined; None for nobody.
        practice: name of who sends documents in which no organization is named.
    """
    # Imported here, as everything of documents: most runs never need it.
    from mock_athena.documents.sources import Sources

    return Sources(
        read=partial(_read, snapshot, patient),
        at_encounter=partial(_at_encounter, snapshot, patient),
        of_patient=partial(_of_patient, snapshot, patient),
        practice=practice,
    )


def _read(snapshot: Snapshot, patient: str | None, type: str, id: str) -> Resource | None:
    """What a resource refers to, by the rule of reads: nothing that is outside the compartment of ``patient``."""
    from mock_athena.documents.words import loaded

    kind = RESOURCE_TYPES.get(type)
    stored = snapshot.read(type, id)
    if kind is None or stored is None or stored.deleted or is_hidden(snapshot, kind, stored, patient):
        return None
    return loaded(stored.body)


def _at_encounter(snapshot: Snapshot, patient: str | None, type: str, id: str) -> list[Resource]:
    return _all(snapshot, patient, type, HasReference("encounter", (f"Encounter/{id}",)))


def _of_patient(snapshot: Snapshot, patient: str | None, type: str, id: str) -> list[Resource]:
    return _all(snapshot, patient, type, InCompartment((id,)))


def _all(snapshot: Snapshot, patient: str | None, type: str, criterion: Criterion) -> list[Resource]:
    """In the order in which they were first stored."""
    from mock_athena.documents.words import loaded

    kind = RESOURCE_TYPES[type]
    selection = Selection(type, (*confinement(kind, patient), criterion), date=kind.date)
    return [loaded(body) for body in islice(snapshot.bodies(selection), _MOST)]
