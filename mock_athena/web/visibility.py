"""What a caller may see of one resource: the same answer for what is not there and for what is somebody else's."""

from mock_athena.auth.caller import Caller
from mock_athena.errors import Gone, NotFound
from mock_athena.fhir.references import NO_ID, is_id
from mock_athena.fhir.registry import ResourceType
from mock_athena.store import Snapshot
from mock_athena.store.confinement import is_hidden
from mock_athena.store.snapshot import StoredVersion


def visible(snapshot: Snapshot, kind: ResourceType, id: str, asked: str, caller: Caller) -> StoredVersion:
    """The version of a resource that this caller may see.

    Args:
        asked: what was asked for, as it was asked, for the message.

    Raises:
        NotFound: there is none, or the caller must not know that there is: the same words for both.
        Gone: it was deleted.
    """
    stored = snapshot.read(kind.name, id)
    advice = "check the id, and that it is of this environment's practice" if is_id(id) else f"{id!r} is {NO_ID}"
    message = f"{asked} is not known here; {advice}"
    if stored is None:
        raise NotFound(message, reason=f"no {kind.name} of id {id}")
    if is_hidden(snapshot, kind, stored, caller.patient):
        reason = f"{kind.name}/{id} exists outside the compartment of Patient/{caller.patient}"
        raise NotFound(message, reason=reason)
    if stored.deleted:
        message = f"{asked} was deleted"
        raise Gone(message)
    return stored
