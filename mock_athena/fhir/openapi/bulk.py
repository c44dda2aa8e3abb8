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
_PREFERENCES = ("respond-async", "respond-async, handling=lenient", "respond-async, separate-export-status")
_JOB = in_path("job", "Id of the job, as Content-Location says it.", "abc", {"type": "string", "pattern": "^[^/]+$"})
_ASYNC: Json = {
    "name": "Prefer",
    "in": "header",
    "required": True,
    "description": "An export is asynchronous; with `handling=lenient` what is not supported is left out, with "
    "`separate-export-status` X-Export-Status says how the job is.",
    "schema": {"type": "string", "enum": list(_PREFERENCES)},
    "example": "respond-async",
}
_FILTER = "Patient?gender=female"
_ASSOCIATED = ["LatestProvenanceResources", "RelevantProvenanceResources"]
_BOOLEAN: Json = {"type": "string", "enum": ["true", "false"]}
_MEDIA = {"pdf": "application/pdf", "png": "image/png", "html": "text/html"}


def paths(served: Served) -> dict[str, Json]:
    """The paths of exports and documents."""
    group = in_path("group", "Id of the Group.", f"a-1.C-{served.environment.practice}")
    found = {
        f"{served.base}/bulkstatus/{{job}}": {"get": _status(served), "delete": _delete(served)},
        f"{served.base}/bulkstatus/{{job}}/{{part}}": {"get": _status_of_part(served)},
        f"{served.base}/bulkdata/{{job}}/{{name}}": {"get": _file(served)},
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
        in_query("_since", "Only what was updated later.", TEXT, example="2024-01-15T10:00:00Z"),
        in_query("_until", "Only what was updated before.", TEXT, example="2034-01-15T10:00:00Z"),
        in_query("_typeFilter", "Of its type only what this search finds; may be given again.", TEXT, example=_FILTER),
        in_query("_elements", "Only these elements, and what is mandatory.", TEXT, example="id,Patient.birthDate"),
        in_query("includeAssociatedData", "Provenance of what is exported.", {"type": "string", "enum": _ASSOCIATED}),
        in_query("allowPartialManifests", "The first files may be told before the last are ready.", _BOOLEAN),
        in_query("_outputFormat", "The format of the files.", {"type": "string", "enum": list(_FORMATS)}),
        ref("parameters", "_format"),
    ]
    accepted = answer(
        served,
        "It is accepted.",
        fhir(ref("schemas", "OperationOutcome")),
        "Content-Location",
        "Retry-After",
        may=("Preference-Applied",),
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
            "requestBody": body(
                "The same parameters, and `patient` (valueReference), on a level of patients.", parameters
            ),
            "responses": {"202": accepted, **refusals(served, *OF_POSTS)},
        },
    }


def _status(served: Served) -> Json:
    return {
        "operationId": "exportStatus",
        "tags": ["bulk export"],
        "summary": "Ask how far an export is.",
        "security": needed(),
        "parameters": [_JOB],
        "responses": _status_answers(served),
    }


def _status_of_part(served: Served) -> Json:
    part = in_path("part", "Number of the part of the manifest, from 1 on.", "2", {"type": "integer", "minimum": 0})
    return {
        **_status(served),
        "operationId": "exportStatusOfPart",
        "summary": "The next part of a manifest, where partial manifests are allowed.",
        "parameters": [_JOB, part],
    }


def _status_answers(served: Served) -> Json:
    manifest = content(ref("schemas", "ExportManifest"), JSON)
    complete = {**manifest, **fhir(ref("schemas", "OperationOutcome"))}  # of a failed job whose status travels apart
    apart = ("X-Export-Status",)
    of_running = ("X-Progress", "Retry-After")
    return {
        "200": answer(
            served, "It is complete: the manifest.", complete, "Cache-Control", may=("Expires", *of_running, *apart)
        ),
        "202": answer(served, "It is in progress.", manifest, *of_running, "Cache-Control", may=("Expires",)),
        **refusals(served, 404, *OF_ALL),
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
    name = in_path(
        "name", "As the manifest has it.", "Patient.ndjson", {"type": "string", "pattern": r"^[A-Za-z0-9-]+\.ndjson$"}
    )
    text = {_NDJSON: {"schema": TEXT}}
    fields = ("Document-ETag", "Last-Modified", "Content-Disposition")
    lines = answer(served, "One resource on each line.", text, *fields)
    return {
        "operationId": "exportFile",
        "tags": ["bulk export"],
        "summary": "Download a file of an export.",
        "security": needed(),
        "parameters": [_JOB, name, ref("parameters", "If-None-Match")],
        "responses": {
            "200": lines,
            "206": answer(served, "The part that Range asks for.", text, *fields, "Content-Range"),
            "304": answer(served, "The caller has it already.", None, "Document-ETag"),
            **refusals(served, 404, 410, 416, *OF_ALL),
        },
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
