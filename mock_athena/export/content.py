"""What an export contains: the types of its level, what the token may see of them, and the query for each.

On Patient and Group level that is the Patient compartment; a token that is confined to one patient gets that
patient's compartment on every level. A Binary is not exported: its content is reached through the URL of an
attachment. https://hl7.org/fhir/uv/bulkdata/STU2/export.html#request-flow
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from mock_athena.auth.caller import Caller, may, require
from mock_athena.errors import BadRequest, Forbidden, NotFound
from mock_athena.export.job import ExportJob, Level
from mock_athena.export.kick_off import KickOff
from mock_athena.fhir.instants import Range
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import as_object, as_text, objects
from mock_athena.store import Snapshot
from mock_athena.store.confinement import Patients
from mock_athena.store.criteria import Criterion, DateMatch, HasDate, InCompartment, InSomeCompartment, Selection

_RIGHTS = "rs"  # an export answers what reading and searching would have


class Content(NamedTuple):
    """The types of an export, and what was left out of it, one sentence each."""

    types: tuple[str, ...]
    left_out: tuple[str, ...]


def content_for(request: KickOff, caller: Caller) -> Content:
    """What the caller gets: the types asked for, else every type that the token covers.

    Raises:
        BadRequest: a type asked for is not exported on this level.
        Forbidden: the token does not cover a type asked for, or no type at all.
    """
    offered = _offered(request.level, caller.reach.people)
    outside = tuple(type for type in request.types if type not in offered)
    asked = tuple(type for type in request.types if type in offered)
    if outside and not (request.lenient and asked):
        raise _not_exported(outside, offered)
    if asked:
        _require_all(caller, asked)
        return Content(asked, tuple(f"{type} is not exported on this level and was left out" for type in outside))
    covered = tuple(type for type in offered if all(may(caller, type, right) for right in _RIGHTS))
    if not covered:
        _require_all(caller, offered)
    return Content(covered, ())


def selections(job: ExportJob, snapshot: Snapshot) -> Iterator[Selection]:
    """The query for each type of a job, on the snapshot that it shows."""
    common = (*_level(job, snapshot), *_when(job))
    reach = job.reach
    for type in job.types:
        yield Selection(type, (*reach.told(RESOURCE_TYPES[type]), *common))


def members_of(snapshot: Snapshot, group: str) -> tuple[str, ...]:
    """Ids of the Patients who are active members of a Group.

    Raises:
        NotFound: there is no such Group.
    """
    version = snapshot.read("Group", group)
    if version is None or version.deleted:
        raise unknown_group(group)
    members = objects(json.loads(version.body).get("member"))
    entities = (as_object(member.get("entity")) for member in members if not member.get("inactive"))
    targets = (own_reference(as_text(entity.get("reference"))) for entity in entities)
    return tuple(dict.fromkeys(target.id for target in targets if target and target.type == "Patient"))


def unknown_group(group: str, reason: str | None = None) -> NotFound:
    """The refusal of a Group that is not there, or that the caller must not know of."""
    return NotFound(f"there is no Group/{group} here; search Group to see which there are", reason=reason)


def require_no_more(caller: Caller, job: ExportJob, type: str) -> None:
    """Refuse unless the token covers what a job tells of ``type``.

    Raises:
        Forbidden: names the missing scope, or that which covers a part only.
    """
    require_type(caller, type)
    kind = RESOURCE_TYPES[type]
    if caller.reach.told(kind) not in ((), job.reach.told(kind)):
        message = f"the token covers a part of {type} alone, and export job {job.id} tells of more; start another"
        raise Forbidden(message)


def require_type(caller: Caller, type: str) -> None:
    """Refuse unless the token covers what an export tells of ``type``.

    Raises:
        Forbidden: names the missing scope.
    """
    for right in _RIGHTS:
        require(caller, type, right)


def _require_all(caller: Caller, types: tuple[str, ...]) -> None:
    for type in types:
        require_type(caller, type)


def _offered(level: Level, people: Patients) -> tuple[str, ...]:
    compartments_only = level != "system" or people is not None
    return tuple(
        kind.name for kind in RESOURCE_TYPES.values() if kind.searchable and (kind.patient or not compartments_only)
    )


def _not_exported(outside: tuple[str, ...], offered: tuple[str, ...]) -> BadRequest:
    message = (
        f"_type: {', '.join(outside)} cannot be exported on this level with this token; expected some of "
        f"{', '.join(offered)}. Binary content is reached through attachment URLs, and what belongs to no patient "
        "through $export on system level"
    )
    return BadRequest(message, expression=["_type"])


def _level(job: ExportJob, snapshot: Snapshot) -> tuple[Criterion, ...]:
    if job.level == "Group":
        return (InCompartment(members_of(snapshot, job.group)),)
    # Whoever is confined is so to one compartment already.
    return (InSomeCompartment(),) if job.level == "Patient" and job.reach.people is None else ()


def _when(job: ExportJob) -> tuple[Criterion, ...]:
    if job.since is None:
        return ()
    later = DateMatch("sa", Range(job.since, job.since + 1))
    return (HasDate("_lastUpdated", (later,)),)
