"""``DocumentReference/$docref``: the documents of a patient.

https://hl7.org/fhir/us/core/STU6.1/OperationDefinition-docref.html. Without dates the most recent document of each type
is meant, with them every document whose time of care lies within. None is made on demand.
"""

from typing import NamedTuple

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.instants import Range
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.search.along import Found
from mock_athena.search.circumstances import Circumstances
from mock_athena.search.criterion import criterion
from mock_athena.store.criteria import Criterion, DateMatch, HasDate, InCompartment, Selection
from mock_athena.store.snapshot import Snapshot

_KIND = RESOURCE_TYPES["DocumentReference"]
_ALL = 1_000_000


class DocumentsAsked(NamedTuple):
    """Which documents.

    Attributes:
        patient: the Patient's id. type: tokens of DocumentReference.type, as in a search; None for all.
        care: when the care was given that they tell of; None for the most recent ones.
        on_demand: only those that are made when they are asked for.
    """

    patient: str
    type: str | None = None
    care: Range | None = None
    on_demand: bool = False


def documents(asked: DocumentsAsked, snapshot: Snapshot, circumstances: Circumstances) -> list[Found]:
    """The documents, newest first.

    Raises:
        BadRequest: ``type`` is no token.
    """
    if asked.on_demand:
        return []
    criteria: list[Criterion] = [*circumstances.reach.criteria(_KIND, "s"), InCompartment((asked.patient,))]
    if asked.type is not None:
        criteria.append(_of_type(asked.type, circumstances))
    if asked.care is not None:
        criteria.append(HasDate("period", (DateMatch("overlaps", asked.care),)))
    rows = snapshot.page(Selection(_KIND.name, tuple(criteria), _KIND.date), _ALL)
    found = [Found(_KIND.name, row.id, row.body) for row in rows]
    return found if asked.care is not None else _most_recent(found)


def _of_type(text: str, circumstances: Circumstances) -> Criterion:
    try:
        return criterion(_KIND, "type", text, circumstances)
    except ValueError as error:
        message = f"DocumentReference/$docref?type={shortened(text)}: {error}"
        raise BadRequest(message, expression=["type"]) from None


def _most_recent(newest_first: list[Found]) -> list[Found]:
    from mock_athena.store.bodies import glanced  # not needed to start

    first: dict[str, Found] = {}
    for found in newest_first:
        first.setdefault(repr(glanced(found.body).get("type")), found)
    return list(first.values())
