"""``docs/reference/headers.md``: header fields of answers, and what each status means."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from mock_athena import Settings
from mock_athena.environments import PRODUCTION
from mock_athena.fhir.openapi.answers import FHIR_ERRORS, HEADERS
from mock_athena.web.described import described
from mock_athena.web.gateway_headers import CONSTANT
from tests.docs.reference.markdown import page, table

BESIDE = {
    "Vary": "The fields of the request on which the answer depends.",
    "X-Mock-Counters": "`lost`, instead of those that tell of limits: the counters were lost; `--fail` decided.",
    "Access-Control-Allow-Origin": "With `Origin`, as `--cors` says: scripts of other sites may read the answer.",
    "Access-Control-Expose-Headers": "Which fields they may read.",
    "Access-Control-Allow-Methods": "To a browser's question beforehand (`OPTIONS`): the methods.",
    "Access-Control-Allow-Headers": "Likewise: the fields.",
    "Access-Control-Max-Age": "Likewise: how many seconds that holds.",
    "X-Content-Type-Options": "`nosniff`, on documents, files and pages.",
    "Content-Security-Policy": "On documents and pages: nothing is loaded from elsewhere.",
    "Referrer-Policy": "On pages for people.",
    "Pragma": "`no-cache`, with tokens: RFC 6749 §5.1.",
    "Accept-Ranges": "`bytes`: a part of the document can be asked for.",
    "Content-Encoding": "`gzip`, of a file of an export, where `Accept-Encoding` takes it.",
}
"""Fields that the OpenAPI document has no words for."""

REQUESTS = {
    "X-Request-Id": "Kept as the id of the request, in the answer and in the journal.",
    "X-Mock-Fault": "A fault for this request alone, with `--allow-fault-header`: `status; status=503; retry_after=7`.",
    "X-Mock-Participant": "For whom the request waits, on a clock that participants move.",
    "X-Forwarded-Proto, X-Forwarded-Host, …": "Believed from addresses of `--trusted-proxies` alone.",
}

Statuses = dict[str, set[str]]
"""Name of a header field → statuses of answers that have it."""

_FEW = range(5)
_ORIGIN = "http://127.0.0.1:8080"


def headers_page() -> str:
    """The page."""
    always, sometimes = _statuses("mission"), _statuses("mission", sometimes=True)
    real = _statuses("athena")
    return page(
        "Header fields and statuses",
        "## Answers",
        "*Statuses*: of which answers of the profile `mission` have the field; in brackets, may have it.",
        table(
            ("Field", "Says", "Statuses"),
            (_row(name, told, always, sometimes) for name, (told, _) in HEADERS.items() if name != "Document-ETag"),
        ),
        "Beside them:",
        table(("Field", "Says"), ((f"`{name}`", told) for name, told in BESIDE.items())),
        "## Profile athena",
        "On every answer of the FHIR routes, as the real API's gateway was seen to send them:",
        table(("Field", "Value"), ((f"`{name}`", f"`{value}`") for name, value in CONSTANT)),
        "Of the fields that tell of limits it sends "
        + ", ".join(f"`{name}`" for name in HEADERS if "RateLimit" in name and name in real)
        + ", and no `Retry-After`.",
        "## Requests",
        "What the emulator understands beside the fields of HTTP, FHIR, Bulk Data and OAuth:",
        table(("Field", "Means"), ((f"`{name}`", told) for name, told in REQUESTS.items())),
        "## Statuses of a refusal",
        'With an OperationOutcome; OAuth routes answer the JSON of RFC 6749, the control API `{"error": "…"}`.',
        table(("Status", "Means", "Fields"), map(_status, FHIR_ERRORS)),
    )


def _row(name: str, told: str, always: Statuses, sometimes: Statuses) -> tuple[str, str, str]:
    every = set().union(*always.values())
    sure, maybe = always.get(name, set()), sometimes.get(name, set()) - always.get(name, set())
    if len(sure) > len(every) - len(_FEW):
        missing = sorted(every - sure)
        return f"`{name}`", told, f"all but {' '.join(missing)}" if missing else "all"
    listed = (*sorted(sure), *(f"({status})" for status in sorted(maybe)))
    return f"`{name}`", told, " ".join(listed) or "profile `athena`"


def _status(status: int) -> tuple[str, str, str]:
    _, told, has, may = FHIR_ERRORS[status]
    return str(status), told, ", ".join((*(f"`{name}`" for name in has), *(f"`{name}`" for name in may)))


def _statuses(profile: str, *, sometimes: bool = False) -> Statuses:
    """Fields that such an answer always has; or those that some of them have."""
    document = described(Settings(profile=profile), PRODUCTION, _ORIGIN)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for status, answer in _answers(document, but="/oauth2/" if sometimes else " "):
        for name, field in answer.get("headers", {}).items():
            if ("Sometimes-" in field["$ref"]) == sometimes:
                found[name].add(status)
    return found


def _answers(document: dict[str, Any], but: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in (path for name, path in document["paths"].items() if but not in name):
        for operation in path.values():
            if isinstance(operation, dict):
                for status, answer in operation.get("responses", {}).items():
                    name = answer.get("$ref", "").rpartition("/")[2]
                    yield status, document["components"]["responses"][name] if name else answer
