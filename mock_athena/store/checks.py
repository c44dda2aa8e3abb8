"""What every resource must have before it can be stored: a type that is served here, an id, a ``meta`` that is one."""

from typing import Any

from mock_athena.fhir.references import NO_ID, is_id
from mock_athena.fhir.registry import RESOURCE_TYPES


def problem_of(value: Any) -> str | None:
    """Why a JSON value cannot be stored as a resource; None if it can, as far as can be seen without its index."""
    if not isinstance(value, dict):
        return f"a JSON {type(value).__name__} instead of an object; expected one resource"
    name, id, meta = value.get("resourceType"), value.get("id"), value.get("meta", {})
    if not isinstance(name, str) or name not in RESOURCE_TYPES:
        return f"resourceType {name!r} is not served here; expected one of {', '.join(sorted(RESOURCE_TYPES))}"
    if not isinstance(id, str) or not is_id(id):
        return f"{name} with id {id!r}, which is {NO_ID}"
    if not isinstance(meta, dict):
        return f"{name}/{id}: meta is a JSON {type(meta).__name__} instead of an object"
    return None
