"""Reads, errors and headers that are wrong."""

from collections.abc import Callable
from typing import Any

from tests.mutants.changes import (
    always,
    answered,
    below,
    both,
    edited,
    header,
    metadata,
    of_status,
    read,
    removed,
    replaced,
    rewritten,
    status,
)
from tests.mutants.mutant import Answers, Asked, Mutant, Part, Requests, Told
from tests.mutants.probe import BASE, PATIENT, asked, sent

_PATIENT = f"/Patient/{PATIENT}"
_METADATA = sent("GET", f"{BASE}/metadata")
_UNKNOWN = asked("/Patient/nobody")
_BAD_DATE = asked("/Observation?date=yesterday")


def _resources(change: Callable[[Any], object]) -> Callable[[Any], None]:
    def edit(statement: Any) -> None:
        change(statement["rest"][0]["resource"])

    return edit


def _requested(name: str, value: str) -> Callable[[dict[str, Any]], None]:
    """Every request seems to have this header field."""

    def change(environ: dict[str, Any]) -> None:
        environ[name] = value

    return change


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(environ: dict[str, Any]) -> None:
        environ.pop(name, None)

    return change


def _any_case(environ: dict[str, Any]) -> None:
    parts = environ["PATH_INFO"].split("/")
    if len(parts) > 4 and parts[3] == "r4":
        return
    if len(parts) == 5 and parts[3].islower() and parts[3].isalpha() and not parts[3].startswith("bulk"):
        environ["PATH_INFO"] = "/".join((*parts[:3], parts[3].capitalize(), parts[4]))


def _head_with_body(asked: Asked, told: Told) -> None:
    if asked.method == "HEAD" and told.status == 200:
        told.body = b"{}"


def _etag_of_content(asked: Asked, told: Told) -> None:
    if read(asked, told) and told.get("ETag"):
        told.set("ETag", f'W/"{len(told.body)}"')


def _leaked(body: Any) -> None:
    body["issue"][0]["diagnostics"] = (
        "Traceback (most recent call last): File \"/srv/app/views.py\", line 12, in read: KeyError: 'nobody'"
    )


MUTANTS = (
    Mutant(
        "capability-of-another-version",
        ("CAP-003",),
        "the CapabilityStatement says that this is R5",
        "servers that serve several versions with one statement",
        edited(replaced("fhirVersion", "5.0.0"), metadata),
        _METADATA,
    ),
    Mutant(
        "capability-protected",
        ("CAP-002",),
        "the CapabilityStatement needs a token",
        "gateways that protect all that is below the base",
        status(401, metadata),
        _METADATA,
    ),
    Mutant(
        "capability-twice-of-a-type",
        ("CAP-007",),
        "a resource type is listed twice",
        "servers that join the statements of their modules",
        edited(_resources(lambda resources: resources.append(resources[0])), metadata),
        _METADATA,
    ),
    Mutant(
        "capability-without-us-core",
        ("CAP-011",),
        "the CapabilityStatement does not say that it follows US Core",
        "vendors' statements",
        edited(removed("instantiates"), metadata),
        _METADATA,
    ),
    Mutant(
        "capability-promises-too-much",
        ("CAP-031",),
        "a search parameter is declared that is not there",
        "statements that are written by hand",
        edited(
            _resources(
                lambda resources: next(one for one in resources if one["type"] == "Patient")["searchParam"].append(
                    {"name": "shoe-size", "type": "string"}
                )
            ),
            metadata,
        ),
        _METADATA,
    ),
    Mutant(
        "capability-without-export",
        ("CAP-023",),
        "$export of Patient is there, but not declared",
        "LinuxForHealth/FHIR #670",
        edited(
            _resources(lambda resources: [one.pop("operation", None) for one in resources if one["type"] == "Patient"]),
            metadata,
        ),
        _METADATA,
    ),
    Mutant(
        "capability-without-a-parameter",
        ("CAP-017",),
        "a search parameter that US Core demands works, but is not declared",
        "statements that are written by hand",
        edited(
            _resources(
                lambda resources: [
                    one.update(searchParam=[each for each in one["searchParam"] if each["name"] != "patient"])
                    for one in resources
                    if "searchParam" in one
                ]
            ),
            metadata,
        ),
        _METADATA,
    ),
    Mutant(
        "unknown-id-as-empty",
        ("RED-003", "ERR-010"),
        "an id that is not there is answered 200 with nothing",
        "facades that hand on what their database gave",
        answered(200, "application/fhir+json", b"{}", of_status(404)),
        _UNKNOWN,
    ),
    Mutant(
        "unknown-id-as-defect",
        ("RED-003", "ERR-010", "ERR-016"),
        "an id that is not there is a 500",
        "servers without a handler for what is not there",
        status(500, of_status(404)),
        _UNKNOWN,
    ),
    Mutant(
        "etag-of-another-version",
        ("RED-009",),
        "the ETag is not meta.versionId",
        "web frameworks that make an ETag of the body",
        Answers(_etag_of_content),
        asked(_PATIENT),
    ),
    Mutant(
        "last-modified-wrong",
        ("RED-010",),
        "Last-Modified is when it was answered",
        "servers that have no instant of their own",
        header("Last-Modified", "Tue, 24 Nov 2026 12:00:00 GMT", read),
        lambda tester: tester.get(_PATIENT).headers["last-modified"],
    ),
    Mutant(
        "read-as-plain-json",
        ("RED-002", "HDR-002"),
        "resources are sent as application/json",
        "FastAPI's own response class",
        header("Content-Type", "application/json", both(below("/fhir/r4/"), of_status(200))),
        asked(_PATIENT),
    ),
    Mutant(
        "read-and-search-disagree",
        ("RED-018",),
        "a read leaves out what a search shows",
        "servers that keep search results in a table of their own",
        edited(removed("identifier"), read),
        asked(_PATIENT),
    ),
    Mutant(
        "head-with-body",
        ("RED-017",),
        "HEAD is answered with a body",
        "self-made HTTP servers",
        Answers(_head_with_body),
        lambda tester: tester.send("HEAD", _PATIENT, tester.bearer()).body,
    ),
    Mutant(
        "condition-ignored",
        ("RED-011",),
        "If-None-Match is ignored, so nothing is ever 304",
        "servers without conditional reads",
        Requests(_without("HTTP_IF_NONE_MATCH")),
        asked(_PATIENT, If_None_Match='W/"1"'),
    ),
    Mutant(
        "stale-condition-met",
        ("RED-013",),
        "any If-None-Match is answered 304",
        "caches that look for the header alone",
        Answers(
            _always_unmodified := lambda asked, told: (
                told.__dict__.update(status=304, body=b"")
                if read(asked, told) and "if-none-match" in asked.headers
                else None
            )
        ),
        asked(_PATIENT, If_None_Match='W/"999"'),
    ),
    Mutant(
        "method-refused-without-allow",
        ("RED-025", "ERR-011"),
        "405 comes without Allow",
        "API gateways",
        header("Allow", None, of_status(405)),
        lambda tester: tester.send("PUT", "/metadata", tester.bearer()).whole,
    ),
    Mutant(
        "errors-without-outcome",
        ("RED-004", "ERR-001", "ERR-002"),
        "errors of FHIR requests are pages of HTML",
        "Flask's and Django's own error pages; prism and wiremock in front of FHIR",
        answered(400, "text/html", b"<h1>Bad Request</h1>", both(below("/fhir/r4/"), of_status(400))),
        _BAD_DATE,
    ),
    Mutant(
        "not-found-without-outcome",
        ("RED-004", "ERR-002"),
        "404 comes without an OperationOutcome",
        "gateways that answer for themselves",
        answered(404, "text/plain", b"not found", both(below("/fhir/r4/"), of_status(404))),
        _UNKNOWN,
    ),
    Mutant(
        "outcome-as-plain-json",
        ("ERR-006",),
        "an OperationOutcome is sent as application/json",
        "FastAPI's own error handler",
        header("Content-Type", "application/json", both(below("/fhir/r4/"), of_status(400, 404))),
        _BAD_DATE,
    ),
    Mutant(
        "outcome-without-issues",
        ("ERR-003",),
        "an OperationOutcome has no issue",
        "facades that have only the type right",
        edited(replaced("issue", []), of_status(400, 404)),
        _BAD_DATE,
    ),
    Mutant(
        "outcome-of-own-code",
        ("ERR-003",),
        "issue.code is a code of the vendor's",
        "vendors that put their error numbers there",
        edited(lambda body: body["issue"][0].update(code="E-1234"), both(below("/fhir/r4/"), of_status(400, 404))),
        _BAD_DATE,
    ),
    Mutant(
        "stack-trace-told",
        ("ERR-022",),
        "errors show a stack trace with paths of the server",
        "Django and Flask in debug mode",
        edited(_leaked, both(below("/fhir/r4/"), of_status(400, 404))),
        _UNKNOWN,
    ),
    Mutant(
        "bad-date-as-defect",
        ("SRC-036", "ERR-007", "ERR-016"),
        "a malformed date in a search is a 500",
        "servers without a handler for what they cannot parse",
        status(500, both(below("/fhir/r4/"), of_status(400))),
        _BAD_DATE,
    ),
    Mutant(
        "format-ignored",
        ("HDR-006", "SRC-052"),
        "_format does not win over Accept",
        "frameworks that look at Accept alone",
        Part(
            "mock_athena.web.read:agreed",
            lambda healthy: lambda accept, pairs=(): healthy(accept, [one for one in pairs if one[0] != "_format"]),
        ),
        asked(f"{_PATIENT}?_format=xml", f"{_PATIENT}?_format=json"),
    ),
    Mutant(
        "any-format-claimed",
        ("ERR-012", "HDR-007"),
        "whoever asks for a format that is not there gets JSON",
        "most facades",
        Requests(_requested("HTTP_ACCEPT", "*/*")),
        asked(_PATIENT, Accept="text/turtle"),
    ),
    Mutant(
        "patient-data-cacheable",
        ("HDR-014",),
        "resources of patients may be kept by shared caches",
        "a CDN that gives every answer without one a lifetime",
        header("Cache-Control", "public, max-age=3600", read),
        asked(_PATIENT),
    ),
    Mutant(
        "latin-1",
        ("HDR-001",),
        "bodies are in Latin-1",
        "platforms with a default encoding of their own",
        rewritten(lambda body: body.decode().replace('"family"', '"family\u00e9"').encode("latin-1", "replace"), read),
        asked(_PATIENT),
    ),
    Mutant(
        "preflight-needs-token",
        ("SMA-097",),
        "a browser's preflight request is answered 401",
        "gateways that ask every request for a token",
        status(401, lambda asked, _: asked.method == "OPTIONS"),
        sent(
            "OPTIONS",
            f"{BASE}{_PATIENT}",
            {
                "Origin": "https://app.example",
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization",
            },
        ),
    ),
    Mutant(
        "request-id-ignored",
        ("HDR-011",),
        "answers have no X-Request-Id",
        "most servers",
        header("X-Request-Id", None, always),
        lambda tester: "x-request-id" in tester.get(_PATIENT).headers,
    ),
    Mutant(
        "wrong-resource",
        ("RED-001",),
        "a read answers another resource than was asked for",
        "caches whose keys leave out the end of the path",
        edited(replaced("id", "somebody-else"), read),
        asked(_PATIENT),
    ),
)
