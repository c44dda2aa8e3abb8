"""The whole document, of its parts."""

from mock_athena.fhir.openapi import answers, bulk, oauth, operations, rest, results, schemas, security, system, writes
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.values import search_parameter
from mock_athena.fhir.openapi.words import Json
from mock_athena.fhir.registry import COMMON

_DESCRIPTION = """\
Everything below `{base}` needs a token and costs one request of the quota, but for `/metadata` and `/.well-known`.
Bodies have {largest:,} bytes at most. Every GET but a kick-off is also answered as HEAD. All patients are invented.

Parameters of a search can be given again (and), and have alternatives between commas (or). A modifier follows the
name after a colon (`code:not=…`), which OpenAPI has no words for.

Faults that somebody armed break what is told here."""


def openapi_document(served: Served) -> Json:
    """The OpenAPI 3.1 document of one environment."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": f"Mock Athena: {served.environment.name}",
            "version": served.version,
            "summary": "An emulator of athenahealth's FHIR R4, SMART on FHIR and bulk export endpoints.",
            "description": _DESCRIPTION.format(base=served.base, largest=served.largest_body),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": served.origin, "description": served.environment.name}],
        "tags": [{"name": name} for name in (*served.types, "system", "bulk export", "documents", "OAuth")],
        "paths": _paths(served),
        "components": {
            "securitySchemes": security.schemes(served),
            "parameters": {**_common(served), **_own(served), **results.components(served)},
            "headers": answers.header_components(),
            "responses": answers.response_components(served),
            "schemas": {**schemas.components(served), **_forms(served)},
        },
    }


def _paths(served: Served) -> Json:
    """Every path; of what writes only where something can be written."""
    found: Json = {}
    parts = [system.paths(served), bulk.paths(served), oauth.paths(served)]
    for kind in served.types.values():
        parts += [rest.paths(kind, served), operations.paths(kind, served)]
        if served.writable:
            parts.append(writes.paths(kind, served))
    for part in parts:
        for path, item in part.items():
            found[path] = {**found.get(path, {}), **item}
    return dict(sorted(found.items()))


def _common(served: Served) -> Json:
    """The search parameters that types have in common; ``Resource`` stands for the type."""
    kind = next(iter(served.types.values()))
    had = {code for each in served.searchable for code in each.common}
    told = {code: search_parameter(kind, parameter, served) for code, parameter in COMMON.items() if code in had}
    for parameter in told.values():
        parameter["description"] = parameter["description"].replace(f"Matches {kind.name}.", "Matches Resource.")
    return told


def _own(served: Served) -> Json:
    """The search parameters of each type."""
    return {name: told for kind in served.searchable for name, told in rest.parameters(kind, served).items()}


def _forms(served: Served) -> Json:
    return {f"Search{kind.name}": rest.form(kind) for kind in served.searchable}
