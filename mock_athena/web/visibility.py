"""What a caller may see of one resource: the same answer for what is not there and for what is somebody else's."""

from mock_athena.auth.caller import Caller, out_of_reach
from mock_athena.errors import Gone, NotFound, OutOfReach
from mock_athena.fhir.instants import http_date
from mock_athena.fhir.references import NO_ID, is_id
from mock_athena.fhir.registry import ResourceType
from mock_athena.store import Snapshot
from mock_athena.store.confinement import is_hidden
from mock_athena.store.snapshot import StoredVersion

_MOST_DIGITS = 18  # what a version's number in the store may have


def visible(snapshot: Snapshot, kind: ResourceType, id: str, asked: str, caller: Caller) -> StoredVersion:
    """The current version of a resource, if this caller may see it.

    Args:
        asked: what was asked for, as it was asked, for the message.

    Raises:
        NotFound: there is none, or the caller must not know that there is: the same words for both.
        Gone: it was deleted.
    """
    return _shown(snapshot, kind, id, snapshot.read(kind.name, id), asked, caller)


def visible_version(
    snapshot: Snapshot, kind: ResourceType, id: str, version: str, asked: str, caller: Caller
) -> StoredVersion:
    """One version of a resource, current or not, likewise.

    Raises:
        NotFound: there is none, or none that the caller may know of. Gone: it is the resource's deletion.
    """
    stored = snapshot.version(kind.name, id, int(version)) if _is_number(version) else None
    return _shown(snapshot, kind, id, stored, f"{asked}/_history/{version}", caller)


def unknown(id: str, asked: str, reason: str, *, hidden: bool = False) -> NotFound:
    """The refusal of what is not there, or not for this caller; ``reason`` is for the journal."""
    advice = "check the id, and that it is of this environment's practice" if is_id(id) else f"{id!r} is {NO_ID}"
    return (OutOfReach if hidden else NotFound)(f"{asked} is not known here; {advice}", reason=reason)


def _shown(
    snapshot: Snapshot, kind: ResourceType, id: str, stored: StoredVersion | None, asked: str, caller: Caller
) -> StoredVersion:
    hidden = is_hidden(snapshot, kind, stored, caller.reach)
    if stored is None:
        _, _, version = asked.partition("/_history/")
        what = f"version {version} of {kind.name}/{id}" if version else f"{kind.name} of id {id}"
        raise unknown(id, asked, f"no {what}")
    if hidden:
        raise unknown(id, asked, out_of_reach(caller, kind, id), hidden=True)
    if kind.name == "Binary" and not stored.deleted:
        _require_attached(snapshot, id, stored, asked, caller)
    if stored.deleted:
        told = (("ETag", f'W/"{stored.version_id}"'), ("Last-Modified", http_date(stored.last_updated)))
        message = f"{asked} was deleted"
        raise Gone(message, headers=told)
    return stored


def _require_attached(snapshot: Snapshot, id: str, stored: StoredVersion, asked: str, caller: Caller) -> None:
    from mock_athena.web.attached import is_attached  # most requests are for other types

    if not is_attached(snapshot, id, stored, caller.reach):
        reason = f"{asked} exists, and in no DocumentReference or DiagnosticReport that the token may see"
        raise unknown(id, asked, reason, hidden=True)


def _is_number(version: str) -> bool:
    """Whether it can be a version here: they count from 1, and are written without signs or leading zeros."""
    return version.isascii() and version.isdecimal() and version[0] != "0" and len(version) <= _MOST_DIGITS
