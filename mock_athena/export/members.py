"""Who is a member of a Group: https://hl7.org/fhir/R4/group-definitions.html#Group.member."""

import json
from collections.abc import Sequence
from typing import Any

from mock_athena.errors import BadRequest
from mock_athena.export.content import unknown_group
from mock_athena.export.kick_off import KickOff
from mock_athena.export.leniency import Leniency
from mock_athena.fhir.instants import parse
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.resource import as_object, as_text, objects
from mock_athena.store import Snapshot
from mock_athena.store.confinement import Patients


def members_of(snapshot: Snapshot, group: str, at: int | None = None) -> tuple[str, ...]:
    """Ids of the Patients who are active members of a Group, within their period.

    Args:
        at: the instant that counts, in microseconds since 1970 UTC; that of the snapshot if left out.

    Raises:
        NotFound: there is no such Group.
    """
    at = snapshot.last_updated if at is None else at
    version = snapshot.read("Group", group)
    if version is None or version.deleted:
        raise unknown_group(group)
    members = objects(json.loads(version.body).get("member"))
    entities = (as_object(member.get("entity")) for member in members if _is_member(member, at))
    targets = (own_reference(as_text(entity.get("reference"))) for entity in entities)
    return tuple(dict.fromkeys(target.id for target in targets if target and target.type == "Patient"))


def require_group(snapshot: Snapshot, group: str) -> None:
    """Refuse unless there is such a Group.

    Raises:
        NotFound: there is none.
    """
    version = snapshot.read("Group", group)
    if version is None or version.deleted:
        raise unknown_group(group)


def patients_for(request: KickOff, snapshot: Snapshot, people: Patients, leniency: Leniency) -> tuple[str, ...]:
    """The Patients that a kick-off names, as far as the caller can have them.

    Args:
        people: whose records the caller reaches.

    Raises:
        BadRequest: one is not there, is no member of the Group, or is another's; the same text for all.
    """
    if not request.patients:
        return ()
    members = set(members_of(snapshot, request.group)) if request.level == "Group" else None
    there = tuple(
        id
        for id in request.patients
        if (people is None or id in people) and (members is None or id in members) and _is_there(snapshot, id)
    )
    for id in request.patients:
        if id not in there:
            where = f"in Group/{request.group}" if request.level == "Group" else "here"
            leniency.refuse(f"patient: there is no Patient/{id} {where}", "patient")
    if not there:  # or nobody would become everybody
        message = "patient: none of the patients can be exported"
        raise BadRequest(message, expression=["patient"])
    return there


def _is_there(snapshot: Snapshot, id: str) -> bool:
    version = snapshot.read("Patient", id)
    return version is not None and not version.deleted


def _is_member(member: dict[str, Any], at: int) -> bool:
    period = as_object(member.get("period"))
    return not member.get("inactive") and not _is_later(period, "start", at) and not _is_over(period, at)


def _is_later(period: dict[str, Any], end: str, at: int) -> bool:
    limit = _limit(period, end)
    return bool(limit) and limit[0] > at


def _is_over(period: dict[str, Any], at: int) -> bool:
    limit = _limit(period, "end")
    return bool(limit) and limit[1] <= at


def _limit(period: dict[str, Any], name: str) -> Sequence[int]:
    """The range of an end of a Period; empty where it says nothing that can be read."""
    try:
        return tuple(parse(as_text(period.get(name))))
    except ValueError:
        return ()
