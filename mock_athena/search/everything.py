"""``Patient/{id}/$everything``: a patient, all that tells of it, and whoever and whatever that names.

https://hl7.org/fhir/R4/operation-patient-everything.html. The order is that of the registry, newest first within a
type, with what is named last. It is told anew for every page, from one snapshot, so no page repeats or misses anything.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mock_athena.fhir.instants import Range
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType
from mock_athena.search.along import Found
from mock_athena.search.circumstances import Circumstances
from mock_athena.store.confinement import is_hidden
from mock_athena.store.criteria import Criterion, DateMatch, HasDate, InCompartment, Selection
from mock_athena.store.snapshot import Snapshot

_ALL = 1_000_000


class Everything(NamedTuple):
    """What is asked for.

    Attributes:
        patient: the Patient's id.
        types: the types that are wanted; none for all.
        care: when care was given, of types that have such a date; None for ever.
        since: microseconds since 1970 UTC; only what changed at or after it. None for all.
    """

    patient: str
    types: tuple[str, ...] = ()
    care: Range | None = None
    since: int | None = None


def everything(asked: Everything, snapshot: Snapshot, circumstances: Circumstances) -> list[Found]:
    """All of it, in order; what the caller may not search is left out.

    Resources outside every compartment come along where something of the patient's care in that time points to them,
    whether that is of a wanted type, and has changed, or not.
    """
    kinds = [kind for kind in RESOURCE_TYPES.values() if kind.searchable and circumstances.reach.grants(kind.name, "s")]
    wanted = [kind for kind in kinds if not asked.types or kind.name in asked.types]
    own = _of_compartments(wanted, asked, snapshot, circumstances)
    named = {kind.name: kind for kind in wanted if not kind.patient and not kind.names_patients}
    if not named:
        return own
    whole = asked._replace(types=(), since=None)
    pointing = own if asked == whole else _of_compartments(kinds, whole, snapshot, circumstances)
    return [*own, *_named(pointing, named, asked.since, snapshot, circumstances)]


def _of_compartments(
    kinds: Iterable[ResourceType], asked: Everything, snapshot: Snapshot, circumstances: Circumstances
) -> list[Found]:
    return [found for kind in kinds if kind.patient for found in _of_compartment(kind, asked, snapshot, circumstances)]


def _of_compartment(
    kind: ResourceType, asked: Everything, snapshot: Snapshot, circumstances: Circumstances
) -> Iterator[Found]:
    criteria: list[Criterion] = [*circumstances.reach.criteria(kind, "s"), InCompartment((asked.patient,))]
    if asked.care and kind.date and kind.patient != "id":
        criteria.append(HasDate(kind.date, (DateMatch("overlaps", asked.care),)))
    if asked.since is not None:
        criteria.append(HasDate("_lastUpdated", (DateMatch("ge", Range(asked.since, asked.since + 1)),)))
    for row in snapshot.page(Selection(kind.name, tuple(criteria), kind.date), _ALL):
        yield Found(kind.name, row.id, row.body)


def _named(
    own: Iterable[Found],
    kinds: dict[str, ResourceType],
    since: int | None,
    snapshot: Snapshot,
    circumstances: Circumstances,
) -> Iterator[Found]:
    """What these point to outside the compartments, each once, by type and id."""
    from mock_athena.store.links import every_link  # seldom needed

    names = {(link.type, link.id) for found in own for link in every_link(found.body) if link.type in kinds}
    for type, id in sorted(names):
        stored = snapshot.read(type, id)
        if stored is None or stored.deleted or (since is not None and stored.last_updated < since):
            continue
        if not is_hidden(snapshot, kinds[type], stored, circumstances.reach, "s"):
            yield Found(type, id, stored.body)
