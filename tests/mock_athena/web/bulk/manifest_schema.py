"""The manifest as STU2 and STU3 define it, strictly: what they do not name is not there.

https://hl7.org/fhir/uv/bulkdata/STU3/export.html#response---output-manifest
"""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

_URL = {"type": "string", "pattern": "^https?://[^/]+/"}
_ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "url"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
        "url": _URL,
        "count": {"type": "integer", "minimum": 1},
        "extension": {"type": "object"},
    },
}


def _items(type: str | None = None) -> dict[str, Any]:
    item = {**_ITEM, "properties": {**_ITEM["properties"], "type": {"const": type}}} if type else _ITEM
    return {"type": "array", "items": item}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["transactionTime", "request", "requiresAccessToken", "output", "error"],
    "additionalProperties": False,
    "properties": {
        "transactionTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
        "request": _URL,
        "requiresAccessToken": {"type": "boolean"},
        "output": _items(),
        "deleted": _items("Bundle"),
        "error": _items("OperationOutcome"),
        "link": {
            "type": "array",
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["relation", "url"],
                "additionalProperties": False,
                "properties": {"relation": {"const": "next"}, "url": _URL},
            },
        },
        "extension": {"type": "object"},
    },
}


def valid(manifest: Any) -> dict[str, Any]:
    """The manifest, if it is one."""
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(manifest)
    checked: dict[str, Any] = manifest
    return checked
