"""What a document may be made of: the resources of one snapshot that one caller may see."""

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource
from mock_athena.store import Snapshot
from mock_athena.store.confinement import Reach, is_hidden
from mock_athena.store.criteria import Criterion, HasReference, InCompartment, Selection

if TYPE_CHECKING:
    from mock_athena.documents.sources import Sources

DOCUMENTED = ("DiagnosticReport", "DocumentReference", "CarePlan")
"""The types that have documents, in the order in which an id is looked for among them."""

_MOST = 500  # resources of one type in one document


def sources_for(snapshot: Snapshot, reach: Reach, practice: str) -> "Sources":
    """The sources of documents.

    Args:
        reach: whose records it may be made of.
        practice: name of who sends documents in which no organization is named.
    """
    # Imported here, as everything of documents: most runs never need it.
    from mock_athena.documents.sources import Sources

    return Sources(
        read=partial(_read, snapshot, reach),
        at_encounter=partial(_at_encounter, snapshot, reach),
        of_patient=partial(_of_patient, snapshot, reach),
        practice=practice,
    )


def _read(snapshot: Snapshot, reach: Reach, type: str, id: str) -> Resource | None:
    """What a resource refers to, by the rule of reads: nothing of others."""
    from mock_athena.documents.words import loaded

    kind = RESOURCE_TYPES.get(type)
    stored = snapshot.read(type, id)
    if kind is None or stored is None or stored.deleted or is_hidden(snapshot, kind, stored, reach):
        return None
    return loaded(stored.body)


def _at_encounter(snapshot: Snapshot, reach: Reach, type: str, id: str) -> list[Resource]:
    return _all(snapshot, reach, type, HasReference("encounter", (f"Encounter/{id}",)))


def _of_patient(snapshot: Snapshot, reach: Reach, type: str, id: str) -> list[Resource]:
    return _all(snapshot, reach, type, InCompartment((id,)))


def _all(snapshot: Snapshot, reach: Reach, type: str, criterion: Criterion) -> list[Resource]:
    """In the order in which they were first stored."""
    from mock_athena.documents.words import loaded

    kind = RESOURCE_TYPES[type]
    selection = Selection(type, (*reach.criteria(kind, "r"), criterion), date=kind.date)
    return [loaded(body) for body in islice(snapshot.bodies(selection), _MOST)]
