"""The resource type that a path names, or a 404 that says what is served here."""

from collections.abc import Mapping

from mock_athena.errors import NotFound
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType

# Paths of an export that lack a part would be taken for a type and an id.
_OF_EXPORTS = {
    "bulkstatus": "bulkstatus/{job}, which the Content-Location of a kick-off says",
    "bulkdata": "bulkdata/{job}/{type}.ndjson, which the manifest of a complete export says",
}


def require_searchable(kind: ResourceType) -> None:
    """Refuse a search of a type that has none.

    Raises:
        NotFound: says what there is instead.
    """
    if not kind.searchable:
        if kind.offered is not None:
            require_interaction(kind, "search-type")
        message = f"{kind.name} is read by id only: GET {kind.name}/{{id}}"
        raise NotFound(message)


def require_interaction(kind: ResourceType, code: str) -> None:
    """Refuse unless a type has an interaction, of those that its row of the registry could have.

    Raises:
        NotFound: says which it has.
    """
    if code not in kind.interactions:
        has = ", ".join(kind.interactions) or "none, but for $export" * kind.exported or "none"
        message = f"{kind.name} has no {code} here; its interactions are {has}"
        raise NotFound(message)


def served_type(type: str, types: Mapping[str, ResourceType] = RESOURCE_TYPES) -> ResourceType:
    """The row of the registry for ``type``.

    Args:
        types: those that are served.

    Raises:
        NotFound: it is not served here; says which types are.
    """
    kind = types.get(type)
    if type in _OF_EXPORTS:
        message = f"there is nothing here; expected {_OF_EXPORTS[type]}"
        raise NotFound(message)
    if kind is None:
        message = (
            f"resource type {type!r} is not supported here (the base URL is right, and names are case sensitive); "
            f"expected one of {', '.join(sorted(types))}"
        )
        raise NotFound(message)
    return kind
