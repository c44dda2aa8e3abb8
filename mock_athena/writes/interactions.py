"""Create, update, delete: https://hl7.org/fhir/R4/http.html. Each is a commit, or part of one that is open."""

from collections.abc import Callable

from mock_athena.auth.caller import Caller, may, out_of_reach, require
from mock_athena.auth.scopes import LETTERS
from mock_athena.errors import (
    BadRequest,
    DataError,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    OutOfReach,
    UnprocessableContent,
)
from mock_athena.fhir.references import NO_ID, is_id
from mock_athena.fhir.registry import ResourceType
from mock_athena.fhir.resource import Resource
from mock_athena.store import Snapshot
from mock_athena.store.bodies import decoded
from mock_athena.store.commits import Commit, Put
from mock_athena.store.confinement import is_hidden
from mock_athena.store.snapshot import StoredVersion
from mock_athena.writes import booking
from mock_athena.writes.matching import the_match
from mock_athena.writes.preconditions import Preconditions, require_met
from mock_athena.writes.validity import Examined, examined, require_type, require_valid
from mock_athena.writes.writing import Pairs, Writing, Written

_NO_CONDITION = Preconditions()


def create(writing: Writing, kind: ResourceType, resource: Resource, if_none_exist: Pairs = ()) -> Written:
    """A new resource under an id of ours; or the one that is there, where ``if_none_exist`` matches it.

    Raises:
        UnprocessableContent: it is not valid. PreconditionFailed: the condition matches several.
        Forbidden: the caller may not write it. Conflict: a slot is taken.
    """
    require(writing.caller, kind.name, "c")
    require_type(resource, kind)
    # R4 has the server ignore the id of what is created: a new one is given.
    given = _prepared(writing, kind, "c", {name: part for name, part in resource.items() if name != "id"})
    with writing.store.commit(writing.now) as commit:
        found = the_match(writing, commit.snapshot, kind, if_none_exist) if if_none_exist else None
        if found is not None:
            return _as_it_is(commit.snapshot, kind, found)
        id = writing.assigned_id or commit.new_id(kind.name, f"a-{writing.practice}.new-")
        return _put(commit, writing, kind, id, given, None)


def update(
    writing: Writing,
    kind: ResourceType,
    id: str,
    resource: Resource,
    preconditions: Preconditions = _NO_CONDITION,
) -> Written:
    """A new version of a resource; or a new resource under the client's id, where that is allowed.

    Raises:
        BadRequest: the body has no id, or another. PreconditionFailed: another version is current.
        NotFound: the caller must not know of it. MethodNotAllowed: it is not there, and is not created so.
        UnprocessableContent, Forbidden, Conflict: as :func:`create`.
    """
    require(writing.caller, kind.name, "u")
    require_type(resource, kind)
    known = _require_same_id(writing, kind, id, resource)
    given = _prepared(writing, kind, "u", {**resource, "id": known})
    with writing.store.commit(writing.now) as commit:
        current = _standing(writing, commit.snapshot, kind, known, "u")
        require_met(preconditions, current, f"{kind.name}/{known}")
        if current is None:
            _require_creatable(writing, kind, known)
        return _put(commit, writing, kind, known, given, current)


def update_matching(
    writing: Writing, kind: ResourceType, pairs: Pairs, resource: Resource, preconditions: Preconditions = _NO_CONDITION
) -> Written:
    """An update of the one resource that matches, or a create where none does.

    Raises:
        BadRequest: the body has another id than the match. And as :func:`create` and :func:`update`.
    """
    require(writing.caller, kind.name, "u")
    require_type(resource, kind)
    with writing.store.commit(writing.now) as commit:
        found = the_match(writing, commit.snapshot, kind, pairs)
        if found is not None:
            return update(writing, kind, found, {"id": found, **resource}, preconditions)
        if "id" in resource:
            return update(writing, kind, str(resource["id"]), resource, preconditions)
        return create(writing, kind, resource)


def change(
    writing: Writing,
    kind: ResourceType,
    id: str,
    changed: Callable[[Resource], Resource],
    preconditions: Preconditions = _NO_CONDITION,
) -> Written:
    """A new version that is made of the current one.

    Raises:
        NotFound: there is no current one. BadRequest: the id or type would change. And as :func:`update`.
    """
    require(writing.caller, kind.name, "u")
    known = writing.known_id(id)
    with writing.store.commit(writing.now) as commit:
        current = _standing(writing, commit.snapshot, kind, known, "u")
        if current is None:
            raise _unknown(kind, known, f"no {kind.name} of id {known}")
        resource = changed(decoded(current.body))
        return update(writing, kind, known, resource, preconditions)


def delete(writing: Writing, kind: ResourceType, id: str, preconditions: Preconditions = _NO_CONDITION) -> int | None:
    """Delete a resource; the version that says so, or None where nothing was there to be deleted.

    Raises:
        PreconditionFailed: another version is current. NotFound: the caller must not know of it.
    """
    require(writing.caller, kind.name, "d")
    known = writing.known_id(id)
    _require_compartment(writing, kind, "d")
    with writing.store.commit(writing.now) as commit:
        current = _standing(writing, commit.snapshot, kind, known, "d")
        require_met(preconditions, current, f"{kind.name}/{known}")
        if current is None:
            return None
        commit.delete(kind.name, known)
        if kind.name == booking.APPOINTMENT:
            booking.settle(commit, decoded(current.body), None)
        return current.version_id + 1


def delete_matching(writing: Writing, kind: ResourceType, pairs: Pairs) -> int | None:
    """Delete the one resource that matches; None where none does.

    Raises:
        PreconditionFailed: several match. BadRequest: nothing is asked for.
    """
    require(writing.caller, kind.name, "d")
    with writing.store.commit(writing.now) as commit:
        found = the_match(writing, commit.snapshot, kind, pairs)
        return delete(writing, kind, found) if found is not None else None


def _prepared(writing: Writing, kind: ResourceType, letter: str, resource: Resource) -> Examined:
    _require_compartment(writing, kind, letter)
    given = examined(resource, writing)
    if kind.name == booking.APPOINTMENT:
        timed = booking.with_times(given.resource, writing.store.snapshot())
        given = examined(timed, writing) if timed is not given.resource else given
    return given


def _put(
    commit: Commit, writing: Writing, kind: ResourceType, id: str, given: Examined, current: StoredVersion | None
) -> Written:
    rest = {name: part for name, part in given.resource.items() if name not in ("resourceType", "id", "meta")}
    whole = {"resourceType": kind.name, "id": id, "meta": given.resource.get("meta", {}), **rest}
    given = given._replace(resource=whole)
    warnings = require_valid(given, commit.snapshot, writing)
    before = decoded(current.body) if current else None
    try:
        put = commit.put(given.resource)
    except DataError as error:
        raise UnprocessableContent(str(error)) from None
    written = _as_it_is(commit.snapshot, kind, id)
    _require_reached(writing, kind, "u" if current else "c", put, commit.snapshot, written.stored)
    if kind.name == booking.APPOINTMENT:
        booking.settle(commit, before, given.resource)
    return written._replace(created=current is None, changed=True, warnings=warnings)


def _as_it_is(snapshot: Snapshot, kind: ResourceType, id: str) -> Written:
    stored = snapshot.read(kind.name, id)
    assert stored is not None  # noqa: S101 - it was found or written in this very commit
    return Written(kind.name, id, created=False, changed=False, stored=stored)


def _standing(writing: Writing, snapshot: Snapshot, kind: ResourceType, id: str, letter: str) -> StoredVersion | None:
    """The current version; None where there is none, or it was deleted.

    Raises:
        NotFound: the caller reaches a part of the type, and this never was in it: the same words, whether it exists.
        Forbidden: it is in the part that the caller may read, and not in that which it may write.
    """
    stored, caller = snapshot.read(kind.name, id), writing.caller
    hidden = is_hidden(snapshot, kind, stored, caller.reach, letter)
    if hidden and may(caller, kind.name, "r") and not is_hidden(snapshot, kind, stored, caller.reach):
        raise _beyond(caller, kind, letter, f"{kind.name}/{id} is not such a resource")
    if hidden:
        raise _unknown(kind, id, out_of_reach(caller, kind, id, letter), hidden=True)
    if stored is None and caller.reach.criteria(kind, letter):
        raise _unknown(kind, id, f"no {kind.name} of id {id}")
    return stored if stored and not stored.deleted else None


def _unknown(kind: ResourceType, id: str, reason: str, *, hidden: bool = False) -> NotFound:
    message = f"{kind.name}/{id} is not known here; check the id, and that it is of this environment's practice"
    return (OutOfReach if hidden else NotFound)(message, reason=reason)


def _require_same_id(writing: Writing, kind: ResourceType, id: str, resource: Resource) -> str:
    known, sent = writing.known_id(id), resource.get("id")
    if not is_id(known):
        message = f"{id!r} is {NO_ID}"
        raise BadRequest(message)
    if not isinstance(sent, str):
        message = f'an update\'s body has the id of its path; this one has none: add "id": "{known}"'
        raise BadRequest(message, expression=[f"{kind.name}.id"])
    if writing.known_id(sent) != known:
        message = f"the body has id {sent!r}, and the path {id!r}; they must be the same"
        raise BadRequest(message, expression=[f"{kind.name}.id"])
    return known


def _require_creatable(writing: Writing, kind: ResourceType, id: str) -> None:
    if not writing.update_as_create:
        message = (
            f"{kind.name}/{id} is not there, and ids are given by this server: create it by POST {kind.name}, or start "
            "with --update-as-create"
        )
        raise MethodNotAllowed(message, headers=[("Allow", "GET, HEAD")])
    require(writing.caller, kind.name, "c")


def _require_compartment(writing: Writing, kind: ResourceType, letter: str) -> None:
    if writing.caller.reach.patients(kind.name, letter) is not None and not kind.patient:
        message = f"the token of a patient writes that patient's own records only, and a {kind.name} is nobody's"
        raise Forbidden(message)


def _require_reached(
    writing: Writing, kind: ResourceType, letter: str, put: Put, snapshot: Snapshot, stored: StoredVersion
) -> None:
    """Refuse what would be written beyond what the caller may write."""
    reach = writing.caller.reach
    own = reach.patients(kind.name, letter)
    if own is not None and (not put.patients or not put.patients.issubset(own)):
        named = " or ".join(f"Patient/{id}" for id in own)
        message = f"the token of a patient writes that patient's own records only: it must name {named}, alone"
        raise Forbidden(message, reason=f"{message}; it names {', '.join(sorted(put.patients)) or 'nobody'}")
    if is_hidden(snapshot, kind, stored, reach, letter):
        raise _beyond(writing.caller, kind, letter, "what would be written is no such resource")


def _beyond(caller: Caller, kind: ResourceType, letter: str, what: str) -> Forbidden:
    scopes = ", ".join(part.scope for part in caller.reach.parts if part.grants(kind.name, letter))
    message = f"the token grants '{letter}' ({LETTERS[letter]}) on {kind.name} by {scopes} alone; {what}"
    return Forbidden(message)
