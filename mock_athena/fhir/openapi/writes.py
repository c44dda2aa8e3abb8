"""Create, update, patch and delete of one resource type, where anything can be written: https://hl7.org/fhir/R4/http.html."""

from mock_athena.fhir.openapi.answers import OF_WRITES, answer, refusals, resource
from mock_athena.fhir.openapi.rest import id_of, operation, searched_by
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import FHIR_JSON, JSON, Json, body, content, fhir, ref, refs
from mock_athena.fhir.registry import ResourceType

_PATCH: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {"type": "string"},
            "from": {"type": "string"},
            "value": {},
        },
    },
}
_ANSWERED = ("_format", "_pretty", "Prefer-return")
_CONDITIONS = ("If-Match", "If-None-Match")


def paths(kind: ResourceType, served: Served) -> dict[str, Json]:
    """The methods that write, by path; conditional ones where the type can be searched."""
    of_type: Json = {"post": _create(kind, served)}
    if kind.searchable:
        of_type |= {"put": _update_matching(kind, served), "delete": _delete_matching(kind, served)}
    return {
        f"{served.base}/{kind.name}": of_type,
        f"{served.base}/{kind.name}/{{id}}": {
            "put": _update(kind, served),
            "patch": _patch(kind, served),
            "delete": _delete(kind, served),
        },
    }


def _body(kind: ResourceType) -> Json:
    return body(f"The {kind.name}.", content(ref("schemas", kind.name), FHIR_JSON, JSON))


def _written(kind: ResourceType, served: Served, told: str, *required: str) -> Json:
    """A version that was written: itself, nothing or an outcome, as ``Prefer: return=`` wishes."""
    found = resource(served, kind.name, told, *required)
    outcome = ref("schemas", "OperationOutcome")
    return {**found, "content": fhir({"anyOf": [ref("schemas", kind.name), outcome]})}


def _create(kind: ResourceType, served: Served) -> Json:
    there = _written(kind, served, "What If-None-Exist matches is there already; nothing was written.", "Location")
    return {
        **operation(kind, "create", "create", f"Create a {kind.name}.", writes=True),
        "parameters": refs("parameters", ("If-None-Exist", *_ANSWERED)),
        "requestBody": _body(kind),
        "responses": {
            "200": there,
            "201": _written(kind, served, "It was created.", "Location"),
            **refusals(served, *OF_WRITES),
        },
    }


def _updated(kind: ResourceType, served: Served) -> Json:
    found = {"200": _written(kind, served, "It was updated, or is as it was."), **refusals(served, *OF_WRITES)}
    return {**found, "201": _written(kind, served, "It was created.", "Location")}


def _update(kind: ResourceType, served: Served) -> Json:
    new = "created under this id" if served.update_creates else "refused, since the server gives all ids"
    return {
        **operation(kind, "update", "update", f"Update a {kind.name}.", writes=True),
        "description": f"What is not there is {new}.",
        "parameters": [id_of(kind, served), *refs("parameters", (*_CONDITIONS, *_ANSWERED))],
        "requestBody": _body(kind),
        "responses": _updated(kind, served),
    }


def _condition(kind: ResourceType) -> list[Json]:
    return [*searched_by(kind), *refs("parameters", ("_format", "_pretty"))]


def _update_matching(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "update", "updateMatching", f"Update the {kind.name} that matches a search.", writes=True),
        "description": "Where nothing matches, it is created.",
        "parameters": [*_condition(kind), *refs("parameters", (*_CONDITIONS, "Prefer-return"))],
        "requestBody": _body(kind),
        "responses": _updated(kind, served),
    }


def _patch(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "patch", "patch", f"Change a {kind.name} by a JSON Patch.", writes=True),
        "parameters": [id_of(kind, served), *refs("parameters", (*_CONDITIONS, *_ANSWERED))],
        "requestBody": body("The changes (RFC 6902).", content(_PATCH, "application/json-patch+json")),
        "responses": {
            "200": _written(kind, served, "It was changed, or is as it was."),
            **refusals(served, *OF_WRITES),
        },
    }


def _deleted(served: Served) -> Json:
    outcome = fhir(ref("schemas", "OperationOutcome"))
    return {
        "200": answer(served, "It is deleted; an outcome was preferred.", outcome, may=("ETag",)),
        "204": answer(served, "It is deleted, or was not there.", None, may=("ETag",)),
        **refusals(served, *OF_WRITES),
    }


def _delete(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "delete", "delete", f"Delete a {kind.name}.", writes=True),
        "parameters": [id_of(kind, served), *refs("parameters", ("If-Match", *_ANSWERED))],
        "responses": _deleted(served),
    }


def _delete_matching(kind: ResourceType, served: Served) -> Json:
    return {
        **operation(kind, "delete", "deleteMatching", f"Delete the {kind.name} that matches a search.", writes=True),
        "description": "412 if several match.",
        "parameters": [*_condition(kind), ref("parameters", "Prefer-return")],
        "responses": _deleted(served),
    }
