"""Short ways to write down what an OpenAPI document consists of."""

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

FHIR_JSON = "application/fhir+json"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

ID: Json = {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"}
TEXT: Json = {"type": "string"}


def ref(kind: str, name: str) -> Json:
    """A reference to a component: ``ref("schemas", "Bundle")``."""
    return {"$ref": f"#/components/{kind}/{name}"}


def content(schema: Json, *media: str) -> Json:
    """The same schema under each media type."""
    return {type: {"schema": schema} for type in media}


def fhir(schema: Json) -> Json:
    """FHIR's JSON, under each name that may be asked for."""
    return content(schema, FHIR_JSON, JSON, "text/json")


def body(description: str, content: Json, *, required: bool = True) -> Json:
    """The body of a request."""
    return {"description": description, "required": required, "content": content}


def in_path(name: str, description: str, example: str, schema: Json = ID) -> Json:
    """A parameter in a path."""
    told = {"description": description, "schema": schema, "example": example}
    return {"name": name, "in": "path", "required": True, **told}


def in_query(name: str, description: str, schema: Json, *, required: bool = False, example: Any = None) -> Json:
    """A parameter in a query."""
    told: Json = {"name": name, "in": "query", "description": description, "schema": schema}
    if required:
        told["required"] = True
    return told if example is None else {**told, "example": example}


def in_header(name: str, description: str, example: str, schema: Json = TEXT) -> Json:
    """A header field of a request."""
    return {"name": name, "in": "header", "description": description, "schema": schema, "example": example}


def refs(kind: str, names: Iterable[str]) -> list[Json]:
    """A reference to each."""
    return [ref(kind, name) for name in names]
