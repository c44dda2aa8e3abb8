"""The resource type that a path names, or a 404 that says what is served here."""

from mock_athena.errors import NotFound
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType

# Paths of an export that lack a part would be taken for a type and an id.
_OF_EXPORTS = {
    "bulkstatus": "bulkstatus/{job}, which the Content-Location of a kick-off says",
    "bulkdata": "bulkdata/{job}/{type}.ndjson, which the manifest of a complete export says",
}


def served_type(type: str) -> ResourceType:
    """The row of the registry for ``type``.

    Raises:
        NotFound: it is not served here; says which types are.
    """
    kind = RESOURCE_TYPES.get(type)
    if type in _OF_EXPORTS:
        message = f"there is nothing here; expected {_OF_EXPORTS[type]}"
        raise NotFound(message)
    if kind is None:
        message = (
            f"resource type {type!r} is not supported here (the base URL is right, and names are case sensitive); "
            f"expected one of {', '.join(sorted(RESOURCE_TYPES))}"
        )
        raise NotFound(message)
    return kind
