"""What an export contains: the types of its level, and what the token may see of them.

On Patient and Group level that is the Patient compartment; a token that is confined to one patient gets that
patient's compartment on every level. A Binary is not exported: its content is reached through the URL of an
attachment. https://hl7.org/fhir/uv/bulkdata/STU2/export.html#request-flow
"""

from collections.abc import Sequence
from typing import NamedTuple

from mock_athena.auth.caller import Caller, may, require
from mock_athena.errors import BadRequest, Forbidden, NotFound
from mock_athena.export.filters import Filter
from mock_athena.export.job import ExportJob, Level
from mock_athena.export.kick_off import KickOff
from mock_athena.export.leniency import Leniency
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.confinement import Patients

_PROVENANCE = "Provenance"
_RIGHTS = "rs"  # an export answers what reading and searching would have


class Content(NamedTuple):
    """What is exported of what was asked for.

    Attributes:
        types: the types. filters: searches on them.
        only_associated: Provenance is among them for the sake of the others alone.
        left_out: what was left out, one sentence each.
    """

    types: tuple[str, ...]
    filters: tuple[Filter, ...]
    only_associated: bool
    left_out: tuple[str, ...]


def content_for(request: KickOff, caller: Caller) -> Content:
    """What the caller gets: the types asked for, else every type that the token covers.

    Raises:
        BadRequest: a type asked for, or a type that is filtered, is not exported on this level.
        Forbidden: the token does not cover a type asked for, or no type at all.
    """
    leniency = Leniency(lenient=request.lenient)
    types = _types(request, caller, leniency)
    only_associated = bool(request.associated) and _PROVENANCE not in types
    if only_associated:
        require_type(caller, _PROVENANCE)
        types = (*types, _PROVENANCE)
    filters = tuple(one for one in request.filters if one.type in types)
    for one in request.filters:
        if one not in filters:
            leniency.refuse(f"_typeFilter={one.type}?…: {one.type} is not exported here", "_typeFilter")
    return Content(types, filters, only_associated, tuple(leniency.left_out))


def _types(request: KickOff, caller: Caller, leniency: Leniency) -> tuple[str, ...]:
    offered = _offered(request.level, caller.reach.people)
    asked = tuple(type for type in request.types if type in offered)
    outside = [type for type in request.types if type not in offered]
    if outside and not asked:  # or nothing would become everything
        raise BadRequest(_not_exported(outside, offered), expression=["_type"])
    if outside:
        leniency.refuse(_not_exported(outside, offered), "_type")
    if asked:
        _require_all(caller, asked)
        return asked
    covered = tuple(type for type in offered if all(may(caller, type, right) for right in _RIGHTS))
    if not covered:
        _require_all(caller, offered)
    return covered


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


def _not_exported(outside: Sequence[str], offered: Sequence[str]) -> str:
    return (
        f"_type: {', '.join(outside)} cannot be exported on this level with this token; expected some of "
        f"{', '.join(offered)}. Binary content is reached through attachment URLs, and what belongs to no patient "
        "through $export on system level"
    )
