"""The query for each type of a job, on the snapshot that it shows: the saved query that an export is.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#request-flow; the level, patients, filters and dates narrow it, as in
STU3's processing model.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mock_athena.auth.addresses import environment_of
from mock_athena.export.filters import Filter, filtered
from mock_athena.export.job import ExportJob
from mock_athena.export.members import members_of
from mock_athena.fhir.instants import Range
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource, as_object, as_text, objects
from mock_athena.search.circumstances import Circumstances
from mock_athena.store import Snapshot
from mock_athena.store.criteria import (
    Chained,
    Criterion,
    DateMatch,
    HasDate,
    HasId,
    InCompartment,
    InSomeCompartment,
    Nothing,
    OneOf,
    Selection,
)

_PROVENANCE = "Provenance"


def selections(job: ExportJob, snapshot: Snapshot) -> Iterator[Selection]:
    """The query for each type."""
    dated = [replace(query, criteria=query.criteria + _when(job)) for query in selections_whenever(job, snapshot)]
    for query in dated:
        if query.type == _PROVENANCE and job.associated:
            others = tuple(other for other in dated if other.type != _PROVENANCE)
            yield _associated(job, snapshot, query, others)
        else:
            yield query


def selection_of(job: ExportJob, snapshot: Snapshot, type: str) -> Selection:
    """The query for one of the job's types."""
    return next(query for query in selections(job, snapshot) if query.type == type)


def selections_whenever(job: ExportJob, snapshot: Snapshot) -> Iterator[Selection]:
    """The query for each type, whenever a resource was updated and whatever it is associated with."""
    level = _level(job, snapshot)
    reach, circumstances = job.reach, _circumstances(job)
    filters = tuple(Filter(*one) for one in job.filters)
    for type in job.types:
        kind = RESOURCE_TYPES[type]
        yield Selection(type, (*reach.told(kind), *level, *filtered(filters, type, circumstances)), kind.date)


def _circumstances(job: ExportJob) -> Circumstances:
    """What a filter meant when it was given."""
    origin = "/".join(job.request.split("/", 3)[:3])
    here = environment_of(job.base, origin)
    return Circumstances(
        is_ours=lambda base: environment_of(base, origin) == here,
        now=job.started_at // 1000,
        known_id=_known_id,
        reach=job.reach,
    )


def _known_id(id: str) -> str:
    return id.replace("_", "-")  # as the guide writes ids; none of ours has one


def _level(job: ExportJob, snapshot: Snapshot) -> tuple[Criterion, ...]:
    if job.named:
        return (InCompartment(job.named),)
    if job.level == "Group":
        return (InCompartment(members_of(snapshot, job.group, job.transaction_time)),)
    # Whoever is confined is so to one compartment already.
    return (InSomeCompartment(),) if job.level == "Patient" and job.reach.people is None else ()


def _when(job: ExportJob) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    if job.since is not None:
        criteria.append(HasDate("_lastUpdated", (DateMatch("sa", Range(job.since, job.since + 1)),)))
    if job.until is not None:
        criteria.append(HasDate("_lastUpdated", (DateMatch("lt", Range(job.until, job.until + 1)),)))
    return tuple(criteria)


def _associated(job: ExportJob, snapshot: Snapshot, query: Selection, others: tuple[Selection, ...]) -> Selection:
    """Provenance of what the other queries find, whenever it was recorded."""
    told = job.reach.told(RESOURCE_TYPES[_PROVENANCE])
    about = replace(query, criteria=(*told, Chained("target", others) if others else Nothing()))
    if job.associated == "latest":
        ids = _latest(snapshot.bodies(about), {f"{one.type}/{id}" for one in others for id in snapshot.ids(one)})
        return replace(about, criteria=(HasId(ids) if ids else Nothing(),))
    return about if job.only_associated else replace(query, criteria=(OneOf((query, about)),))


def _latest(bodies: Iterator[bytes], targets: set[str]) -> tuple[str, ...]:
    """The ids of those that are the last to tell of one of the targets."""
    last: dict[str, tuple[str, str]] = {}
    for body in bodies:
        provenance: Resource = json.loads(body)
        for target in set(_targets(provenance)) & targets:
            said = (as_text(provenance.get("recorded")), str(provenance["id"]))
            last[target] = max(last.get(target, said), said)
    return tuple(sorted({id for _, id in last.values()}))


def _targets(provenance: Resource) -> Sequence[str]:
    found = (own_reference(as_text(as_object(one).get("reference"))) for one in objects(provenance.get("target")))
    return [f"{one.type}/{one.id}" for one in found if one]
