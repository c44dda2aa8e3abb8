"""A resource as JSON values, and how to read one whose shape nobody checked.

Loaded data may hold anything in any element, and a view must answer for all of it. What does not have the shape of
https://hl7.org/fhir/R4/json.html is read as if it were absent.
"""

from typing import Any

Resource = dict[str, Any]


def as_object(value: Any) -> Resource:
    """``value`` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """``value`` if it is a list; null is an empty list, and anything else the list of that alone."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def objects(value: Any) -> list[Resource]:
    """The JSON objects in a list, or the one in its place."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def as_text(value: Any) -> str:
    """A text, or a number as text; empty for anything else."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int | float) else ""
