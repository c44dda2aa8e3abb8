"""Bulk export and documents: https://hl7.org/fhir/uv/bulkdata/STU2/export.html."""

from mock_athena.fhir.openapi.answers import OF_ALL, OF_GETS, OF_POSTS, answer, refusals
from mock_athena.fhir.openapi.security import needed
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import (
    FHIR_JSON,
    JSON,
    TEXT,
    Json,
    body,
    content,
    fhir,
    in_path,
    in_query,
    ref,
)

_NDJSON = "application/fhir+ndjson"
_FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")
_JOB = in_path("job", "Id of the job, as Content-Location says it.", "abc", {"type": "string", "pattern": "^[^/]+$"})
_ASYNC: Json = {
    "name": "Prefer",
    "in": "header",
    "required": True,
    "description": "An export is asynchronous; with `handling=lenient` what is not supported is left out.",
    "schema": {"type": "string", "enum": ["respond-async", "respond-async, handling=lenient"]},
    "example": "respond-async",
}
_MEDIA = {"pdf": "application/pdf", "png": "image/png", "html": "text/html"}


def paths(served: Served) -> dict[str, Json]:
    """The paths of exports and documents."""
    group = in_path("group", "Id of the Group.", f"a-1.C-{served.environment.practice}")
    found = {
        f"{served.base}/bulkstatus/{{job}}": {"get": _status(served), "delete": _delete(served)},
        f"{served.base}/bulkdata/{{job}}/{{name}}.ndjson": {"get": _file(served)},
        f"{served.environment.documents_path}/{{name}}": {"get": _document(served)},
    }
    if "system" in served.profile.export_levels:
        found[f"{served.base}/$export"] = _kick_off(served, "system", [])
    levels = {"Patient": ("", []), "Group": ("/{group}", [group])}
    for name, kind in served.types.items():
        if kind.exported:
            below, in_paths = levels[name]
            found[f"{served.base}/{name}{below}/$export"] = _kick_off(served, name, in_paths)
    return found


def _kick_off(served: Served, level: str, in_paths: list[Json]) -> Json:
    taken = [
        in_query("_type", f"Only these types, of {', '.join(served.types)}.", TEXT, example="Patient,Condition"),
        in_query("_since", "Only what was updated since then.", TEXT, example="2024-01-15T10:00:00Z"),
        in_query("_outputFormat", "The format of the files.", {"type": "string", "enum": list(_FORMATS)}),
        ref("parameters", "_format"),
    ]
    accepted = answer(
        served,
        "It is accepted.",
        fhir(ref("schemas", "OperationOutcome")),
        "Content-Location",
        "Retry-After",
    )
    common = {
        "tags": ["bulk export"],
        "summary": f"Start an export of level {level}.",
        "x-fhir-interaction": "$export",
        "security": [{"smart": ["system/*.rs"] if served.profile.wildcard_scopes else []}, {"bearer": []}],
    }
    parameters = content(ref("schemas", "Parameters"), FHIR_JSON, JSON)
    return {
        "get": {
            **common,
            "operationId": f"export{level}",
            "parameters": [*in_paths, *taken, _ASYNC],
            "responses": {"202": accepted, **refusals(served, *OF_GETS)},
        },
        "post": {
            **common,
            "operationId": f"exportByPost{level}",
            "parameters": [*in_paths, _ASYNC],
            "requestBody": body("The same parameters.", parameters),
            "responses": {"202": accepted, **refusals(served, *OF_POSTS)},
        },
    }


def _status(served: Served) -> Json:
    manifest = content(ref("schemas", "ExportManifest"), JSON)
    return {
        "operationId": "exportStatus",
        "tags": ["bulk export"],
        "summary": "Ask how far an export is.",
        "security": needed(),
        "parameters": [_JOB],
        "responses": {
            "200": answer(served, "It is complete: the manifest.", manifest, "Expires", "Cache-Control"),
            "202": answer(served, "It is in progress.", None, "X-Progress", "Retry-After", "Cache-Control"),
            **refusals(served, 404, *OF_ALL),
        },
    }


def _delete(served: Served) -> Json:
    outcome = fhir(ref("schemas", "OperationOutcome"))
    return {
        "operationId": "deleteExport",
        "tags": ["bulk export"],
        "summary": "Cancel an export, or delete its files.",
        "security": needed(),
        "parameters": [_JOB],
        "responses": {"202": answer(served, "It is gone.", outcome), **refusals(served, 404, 406, *OF_ALL)},
    }


def _file(served: Served) -> Json:
    name = in_path("name", "A resource type, or `errors`.", "Patient", {"type": "string", "pattern": "^[A-Za-z]+$"})
    lines = answer(served, "One resource on each line.", {_NDJSON: {"schema": TEXT}})
    return {
        "operationId": "exportFile",
        "tags": ["bulk export"],
        "summary": "Download a file of an export.",
        "security": needed(),
        "parameters": [_JOB, name],
        "responses": {"200": lines, **refusals(served, 404, *OF_ALL)},
    }


def _document(served: Served) -> Json:
    name = in_path(
        "name",
        "Id of a DiagnosticReport, DocumentReference or CarePlan, and the format.",
        "report-123.pdf",
        {"type": "string", "pattern": rf"^[A-Za-z0-9\-._]+\.({'|'.join(_MEDIA)})$"},
    )
    files = {media: {"schema": {"type": "string", "format": "binary"}} for media in _MEDIA.values()}
    document = answer(served, "The document.", files, "Document-ETag", "Content-Disposition")
    return {
        "operationId": "readDocument",
        "tags": ["documents"],
        "summary": "Download the document of a report, a note or a plan.",
        "security": needed("DiagnosticReport"),
        "parameters": [name, ref("parameters", "If-None-Match")],
        "responses": {
            "200": document,
            "304": answer(served, "The caller has it already.", None, "Document-ETag"),
            **refusals(served, 404, 410, *OF_ALL),
        },
    }
