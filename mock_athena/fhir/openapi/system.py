"""What is of no type: Bundles of requests, ``/metadata``, the SMART configuration."""

from mock_athena.fhir.openapi.answers import BUNDLE, OF_WRITES, headers, public, public_refusals, refusals
from mock_athena.fhir.openapi.security import needed
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import FHIR_JSON, JSON, Json, body, content, fhir, in_query, ref, refs

_MODES = ("full", "normative", "terminology")


def paths(served: Served) -> dict[str, Json]:
    """The paths of the whole system."""
    return {
        served.base: {"post": _batch(served)},
        f"{served.base}/metadata": {"get": _metadata(served)},
        f"{served.base}/.well-known/smart-configuration": {"get": _smart_configuration()},
    }


def _batch(served: Served) -> Json:
    told = "Entries of a batch are carried out one by one; of a transaction all or none."
    unless = "" if served.writable else " This server takes entries that read."
    return {
        "operationId": "batch",
        "tags": ["system"],
        "summary": "Carry out the requests of a Bundle.",
        "description": told + unless,
        "x-fhir-interaction": "batch",
        "security": needed(),
        "parameters": refs("parameters", ("_format", "_pretty")),
        "requestBody": body("A batch or a transaction.", content(ref("schemas", "Batch"), FHIR_JSON, JSON)),
        "responses": {"200": BUNDLE, **refusals(served, *OF_WRITES)},
    }


def _metadata(served: Served) -> Json:
    statement = {"anyOf": [ref("schemas", "CapabilityStatement"), ref("schemas", "TerminologyCapabilities")]}
    mode = in_query("mode", "Which statement.", {"type": "string", "enum": list(_MODES)})
    found = public("The statement.", fhir(statement))
    condition, responses = [], {"200": found}
    if served.profile.versions:
        condition = ["If-None-Match"]
        found["headers"] |= headers("ETag")
        responses["304"] = {"description": "The caller has it already.", "headers": headers(required=("ETag",))}
    return {
        "operationId": "capabilities",
        "tags": ["system"],
        "summary": "Tell what this server can do.",
        "x-fhir-interaction": "capabilities",
        "security": [],
        "parameters": [
            mode,
            *refs("parameters", ("_format", "_pretty", "_summary", "_elements", *condition)),
        ],
        "responses": {
            **responses,
            **public_refusals(),
        },
    }


def _smart_configuration() -> Json:
    return {
        "operationId": "smartConfiguration",
        "tags": ["OAuth"],
        "summary": "Tell where the OAuth endpoints are, and what they can do.",
        "security": [],
        "responses": {
            "200": public("The configuration.", content(ref("schemas", "SmartConfiguration"), JSON)),
            **public_refusals(),
        },
    }
