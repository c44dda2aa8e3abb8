"""Whether a Binary belongs to a document that a caller may see.

A Binary tells nothing of itself: whether it is a laboratory report or a note, its DocumentReference or DiagnosticReport
says. So a token that sees a part of these sees their content alone, although all of Binary may be granted.
"""

import re
from collections.abc import Iterator

from mock_athena.fhir.references import own_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import as_object, as_text
from mock_athena.store import Snapshot
from mock_athena.store.bodies import glanced
from mock_athena.store.confinement import Reach
from mock_athena.store.criteria import Condition, InCompartment, Selection
from mock_athena.store.snapshot import StoredVersion

_BINARY = RESOURCE_TYPES["Binary"]
_ATTACHING = (RESOURCE_TYPES["DocumentReference"], RESOURCE_TYPES["DiagnosticReport"])


def is_attached(snapshot: Snapshot, id: str, stored: StoredVersion, reach: Reach) -> bool:
    """Whether a Binary that a caller may read as such is the content of a document that the caller may see, or of none
    that could be hidden: where all documents are seen that the Binary can belong to, none is looked for."""
    own = reach.criteria(_BINARY, "r")
    seen = {kind.name: _seen(kind.name, reach) for kind in _ATTACHING}
    if all(own in criteria for criteria in seen.values()) or (not own and not any(seen.values())):
        return True
    whose = _whose(stored)
    names = re.compile(b'["/]Binary/' + re.escape(id.encode()) + b'["/]')
    selections = (Selection(type, (*each, *whose)) for type, several in seen.items() for each in several)
    return any(names.search(body) for selection in selections for body in snapshot.bodies(selection))


def _seen(type: str, reach: Reach) -> list[tuple[Condition, ...]]:
    """What may be read of a type, and what may be searched."""
    return [reach.criteria(RESOURCE_TYPES[type], letter) for letter in "rs" if reach.grants(type, letter)]


def _whose(stored: StoredVersion) -> Iterator[InCompartment]:
    """The Patient to whom a Binary belongs, whose documents alone need to be looked through."""
    context = as_object(as_object(glanced(stored.body)).get("securityContext"))
    literal = own_reference(as_text(context.get("reference")))
    if literal and literal.type == "Patient":
        yield InCompartment((literal.id,))
