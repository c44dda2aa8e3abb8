"""Where a document finds what its resource refers to: whatever the one who asks for it may see, and nothing else."""

from collections.abc import Callable
from typing import Any, NamedTuple

from mock_athena.fhir.references import Literal, own_reference
from mock_athena.fhir.resource import Resource, as_object, as_text, objects

Read = Callable[[str, str], Resource | None]
"""The resource of a type and id; None where that is not to be had."""

Find = Callable[[str, str], list[Resource]]
"""The resources of a type that belong to the id of another one, in the order in which they were stored."""


class Sources(NamedTuple):
    """What a document may be made of.

    Attributes:
        at_encounter: by type and id of the Encounter. of_patient: by type and id of the Patient.
        practice: who sends the document, where nothing in it names an organization.
    """

    read: Read
    at_encounter: Find
    of_patient: Find
    practice: str

    def target(self, reference: Any) -> Resource:
        """The resource that a Reference points to; empty where that is not to be had."""
        literal = literal_of(reference)
        return (literal and self.read(literal.type, literal.id)) or {}

    def targets(self, references: Any) -> list[Resource]:
        """Those of several References that are to be had."""
        return [found for found in map(self.target, objects(references)) if found]

    def shown(self, references: Any) -> list[Resource]:
        """The resources behind References, and the Reference itself (it may have a display) where there is none."""
        return [self.target(each) or each for each in objects(references)]


def literal_of(reference: Any) -> Literal | None:
    """The type and id that a Reference names, if it is one of ours."""
    return own_reference(as_text(as_object(reference).get("reference")))
