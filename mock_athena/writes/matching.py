"""What a condition of a write matches, in the words of a search: https://hl7.org/fhir/R4/http.html#ccreate."""

from mock_athena.auth.caller import require
from mock_athena.errors import BadRequest, Issue, PreconditionFailed
from mock_athena.fhir.registry import ResourceType
from mock_athena.search import parse_search
from mock_athena.search.criterion import is_known
from mock_athena.store import Snapshot
from mock_athena.writes.writing import Pairs, Writing


def the_match(writing: Writing, snapshot: Snapshot, kind: ResourceType, pairs: Pairs) -> str | None:
    """The id of the one resource that matches; None if there is none.

    Raises:
        PreconditionFailed: several match. BadRequest: a parameter is unknown or malformed, or nothing is asked for.
        Forbidden: the caller may not search the type.
    """
    require(writing.caller, kind.name, "s")
    asked = "&".join(f"{name}={value}" for name, value in pairs)
    if not any(is_known(kind, name) for name, _ in pairs):
        message = f"{kind.name}?{asked}: a condition needs a search parameter of {kind.name} that picks one resource"
        raise BadRequest(message)
    query = parse_search(kind, pairs, writing.search)
    found = [row.id for row in snapshot.page(query.selection, 2)]
    if len(found) > 1:
        message = f"{kind.name}?{asked} matches several resources, and must match one at most; nothing was written"
        raise PreconditionFailed(message, issues=[Issue("error", "multiple-matches", message)])
    return found[0] if found else None
