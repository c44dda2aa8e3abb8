"""Operations of one resource type: ``$everything``, ``$docref``, ``$book``. Which there are, the registry says."""

from collections.abc import Callable

from mock_athena.fhir.openapi import results
from mock_athena.fhir.openapi.answers import BUNDLE, OF_GETS, OF_POSTS, OF_WRITES, answer, refusals
from mock_athena.fhir.openapi.rest import id_of, operation
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import FHIR_JSON, JSON, TEXT, Json, body, content, fhir, in_query, ref, refs
from mock_athena.fhir.registry import ResourceType

_PARAMETERS = content(ref("schemas", "Parameters"), FHIR_JSON, JSON)


def paths(kind: ResourceType, served: Served) -> dict[str, Json]:
    """The operations of a type."""
    found: dict[str, Json] = {}
    for name, _ in kind.operations:
        found |= _OPERATIONS[name](kind, served)
    return found | (booking(kind, served) if kind.name == "Appointment" and served.writable else {})


def _everything(kind: ResourceType, served: Served) -> dict[str, Json]:
    told = "Everything about a patient, page by page."
    taken = [
        *_between("care that was given"),
        in_query("_since", "Only what was updated since then.", TEXT, example="2024-01-15T10:00:00Z"),
        in_query("_type", f"Only these types, of {', '.join(served.types)}.", TEXT, example="Observation,Condition"),
        *refs("parameters", results.OF_LISTS),
    ]
    path = f"{served.base}/{kind.name}/{{id}}/$everything"
    return {path: _by_both_methods(kind, served, "everything", told, taken, [id_of(kind, served)])}


def _docref(kind: ResourceType, served: Served) -> dict[str, Json]:
    told = "The documents of a patient; without dates the newest of each type."
    taken = [
        in_query("patient", "Id of the Patient.", TEXT, required=True, example=served.patient),
        *_between("what the documents are about"),
        in_query("type", "Type of the document, as a token.", TEXT, example="http://loinc.org|34133-9"),
        in_query("on-demand", "Whether documents that are made on demand are wanted.", _BOOLEAN),
        in_query("profile", "Taken, and of no effect.", TEXT),
        *refs("parameters", results.OF_LISTS),
    ]
    return {f"{served.base}/{kind.name}/$docref": _by_both_methods(kind, served, "docref", told, taken, [])}


_BOOLEAN: Json = {"type": "string", "enum": ["true", "false"]}
_OPERATIONS: dict[str, Callable[[ResourceType, Served], dict[str, Json]]] = {
    "everything": _everything,
    "docref": _docref,
}


def _between(what: str) -> list[Json]:
    return [
        in_query("start", f"First day of {what}.", TEXT, example="2024-01-01"),
        in_query("end", f"Last day of {what}.", TEXT, example="2024-12-31"),
    ]


def _by_both_methods(
    kind: ResourceType, served: Served, name: str, told: str, taken: list[Json], in_paths: list[Json]
) -> Json:
    common = operation(kind, f"${name}", name, told)
    answered = BUNDLE
    return {
        "get": {
            **common,
            "parameters": [*in_paths, *taken],
            "responses": {"200": answered, **refusals(served, 410, *OF_GETS)},
        },
        "post": {
            **common,
            "operationId": f"{name}ByPost{kind.name}",
            "parameters": in_paths,
            "requestBody": body("The same parameters.", _PARAMETERS, required=False),
            "responses": {"200": answered, **refusals(served, 410, *OF_POSTS)},
        },
    }


def booking(kind: ResourceType, served: Served) -> dict[str, Json]:
    """``$book``, which is there where anything can be written."""
    booked = {
        "200": answer(served, "It is booked.", fhir(ref("schemas", "Bundle")), "Last-Modified"),
        "201": answer(served, "It was created and is booked.", fhir(ref("schemas", "Bundle")), "Location"),
        **refusals(served, *OF_WRITES),
    }
    schema = {"anyOf": [ref("schemas", "Parameters"), ref("schemas", "Appointment")]}
    common = {**operation(kind, "$book", "book", "Book an Appointment.", writes=True), "responses": booked}
    taken = refs("parameters", ("_format", "_pretty"))
    return {
        f"{served.base}/{kind.name}/$book": {
            "post": {
                **common,
                "parameters": taken,
                "requestBody": body("`appt-resource` or `appt-id`, or the Appointment.", content(schema, FHIR_JSON)),
            }
        },
        f"{served.base}/{kind.name}/{{id}}/$book": {
            "post": {
                **common,
                "operationId": f"bookKnown{kind.name}",
                "parameters": [id_of(kind, served), *taken],
                "requestBody": body("Who comes, and further parameters.", _PARAMETERS),
            }
        },
    }
