"""Answers: header fields, and what each status means here."""

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import FHIR_JSON, JSON, Json, content, fhir, ref

_WHOLE: Json = {"type": "integer", "minimum": 0}
_TEXT: Json = {"type": "string"}
_ETAG: Json = {"type": "string", "pattern": '^W/".+"$'}

# name: (what it says, schema)
HEADERS: dict[str, tuple[str, Json]] = {
    "X-Request-Id": ("Id of the request: the caller's own, or one of ours; the journal has it.", _TEXT),
    "Server-Timing": ("How long the emulator took, in milliseconds.", _TEXT),
    "X-Mock-Decided-At": (
        "Instant of the limiter's decision in seconds since 1970 UTC, and its number: 1795350634.024926799;seq=78.",
        _TEXT,
    ),
    "X-RateLimit-Limit": ("Quota of the limit that will refuse first, or that refused.", _WHOLE),
    "X-RateLimit-Remaining": ("What is left of that quota.", _WHOLE),
    "X-RateLimit-Reset": ("When more of it is available, in seconds since 1970 UTC, rounded up.", _WHOLE),
    "RateLimit-Policy": (
        "Every limit with quota (q) and window (w, seconds), as draft-ietf-httpapi-ratelimit-headers has it.",
        _TEXT,
    ),
    "RateLimit": ("Of every limit what is left (r), and in how many seconds more is available (t).", _TEXT),
    "RateLimit-Limit": ("The same as X-RateLimit-Limit.", _WHOLE),
    "RateLimit-Remaining": ("The same as X-RateLimit-Remaining.", _WHOLE),
    "RateLimit-Reset": ("Seconds until more of it is available.", _WHOLE),
    "Retry-After": (
        "Whole seconds to wait, rounded up: who is alone and waits so long is admitted.",
        {"type": "integer", "minimum": 1},
    ),
    "ETag": ("Version of the resource; of a document or a file a hash of its bytes.", _ETAG),
    "Document-ETag": ("Of the bytes.", _TEXT),
    "Last-Modified": ("When that version was written.", _TEXT),
    "Location": ("URL of what was created or read; where a browser goes next.", _TEXT),
    "Content-Location": ("Where to ask for the status of an export.", {"type": "string", "format": "uri"}),
    "Content-Range": ("Which bytes of the document these are, of how many.", _TEXT),
    "Preference-Applied": ("The preferences that were kept.", _TEXT),
    "X-Export-Status": ("State of the export, apart from the status of the request.", _TEXT),
    "X-Progress": ("How far the export is, in words.", {"type": "string", "maxLength": 100}),
    "Expires": ("When the files of an export are gone.", _TEXT),
    "WWW-Authenticate": ("How to authenticate, and what was wrong with the token.", _TEXT),
    "Allow": ("Methods that the path takes.", _TEXT),
    "Cache-Control": ("Whether the answer may be kept.", _TEXT),
    "Content-Disposition": ("Name of the file for a browser that saves it.", _TEXT),
}
# Of those above that go by another name in the answer.
_NAMES = {"Document-ETag": "ETag"}

_EVERYWHERE = ("X-Request-Id", "Server-Timing")
_OURS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit")
_GATEWAY = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_RATE = {"all": _OURS, "gateway": _GATEWAY}

# status: (name, what it means, header fields that it always has, and such that it may have)
FHIR_ERRORS: dict[int, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    400: ("BadRequest", "The request cannot be understood; the parameter or header is named.", (), ()),
    401: ("Unauthorized", "No token, or none that is good. It costs nothing.", ("WWW-Authenticate",), ()),
    403: ("Forbidden", "The token does not cover this; the scope that would is named.", (), ("WWW-Authenticate",)),
    404: ("NotFound", "Not here, or nothing that this caller may know of.", (), ()),
    405: ("MethodNotAllowed", "The path takes other methods.", ("Allow",), ()),
    406: ("NotAcceptable", "Only JSON of FHIR 4.0 is spoken.", (), ()),
    409: ("Conflict", "It cannot be written as things stand, such as a Slot that is taken.", (), ()),
    410: ("Gone", "It was deleted, or a cursor is of data that are gone.", (), ("ETag", "Last-Modified")),
    412: ("PreconditionFailed", "Another version is current, or several resources match.", (), ()),
    413: ("ContentTooLarge", "The body is larger than the limit that is named.", (), ()),
    414: ("UriTooLong", "The URL is longer than what can be served.", (), ()),
    415: ("UnsupportedMediaType", "The body is in a format that is not read here.", (), ()),
    416: (
        "RangeNotSatisfiable",
        "The file has no such part; Content-Range says how long it is.",
        ("Content-Range",),
        (),
    ),
    422: ("UnprocessableContent", "The body is no valid resource; every problem is told by its path.", (), ()),
    429: ("TooManyRequests", "The quota is used up. The message says when to come back.", (), ("Retry-After",)),
    500: ("InternalError", "A defect of ours; the log has it under the request's id.", (), ()),
    503: ("Unavailable", "Too much at once, or the counters cannot be reached.", (), ("Retry-After",)),
}

OF_ALL = (401, 403, 405, 429, 500, 503)
"""What every request that needs a token may be answered."""
OF_GETS = (400, 404, 406, 414, *OF_ALL)
OF_POSTS = (400, 404, 406, 413, 415, *OF_ALL)
OF_WRITES = (400, 404, 406, 409, 410, 412, 413, 415, 422, *OF_ALL)


_MAYBE = "Sometimes-"


def header_components() -> dict[str, Json]:
    """Every header field, once for answers that always have it and once for those that may."""
    found: dict[str, Json] = {}
    for name, (told, schema) in HEADERS.items():
        found[name] = {"description": told, "required": True, "schema": schema}
        found[_MAYBE + name] = {"description": told, "schema": schema}
    return found


def headers(*names: str, required: tuple[str, ...] = ()) -> Json:
    """The header fields of an answer.

    Args:
        required: those that it always has.
    """
    told = {_NAMES.get(name, name): ref("headers", _MAYBE + name) for name in names}
    return told | {_NAMES.get(name, name): ref("headers", name) for name in required}


def always(served: Served) -> tuple[str, ...]:
    """The header fields of every answer of a route that has a cost."""
    return (*_EVERYWHERE, "X-Mock-Decided-At", *(_RATE.get(served.tells, ()) if served.limited else ()))


def answer(served: Served, told: str, body: Json | None = None, *required: str, may: tuple[str, ...] = ()) -> Json:
    """An answer of a route that needs a token.

    Args:
        body: its media types. required, may: further header fields.
    """
    made: Json = {"description": told, "headers": headers(*may, required=(*always(served), *required))}
    return {**made, "content": body} if body else made


def public(told: str, body: Json, *may: str) -> Json:
    """An answer of a route that everybody may call."""
    return {"description": told, "headers": headers(*may, required=_EVERYWHERE), "content": body}


BUNDLE = ref("responses", "Bundle")
"""The answer that is a Bundle."""


def resource(served: Served, type: str, told: str, *required: str) -> Json:
    """A version of a resource."""
    return answer(served, told, fhir(ref("schemas", type)), "ETag", "Last-Modified", *required)


def response_components(served: Served) -> dict[str, Json]:
    """Every refusal."""
    found: dict[str, Json] = {}
    if served.profile.versions:
        found["NotModified"] = answer(served, "The caller has it already.", None, "ETag", may=("Last-Modified",))
    for status, (name, told, required, may) in FHIR_ERRORS.items():
        outcome = content(ref("schemas", "OperationOutcome"), FHIR_JSON)
        if status == 401 and served.profile.errors == "layered":
            outcome["text/plain"] = {"schema": _TEXT}  # in the words of the gateway
        if status != 429 or served.limited:
            found[name] = answer(served, told, outcome, *required, may=may)
        if status in _OF_PUBLIC:
            found[f"Public{name}"] = public(told, outcome, *required)
    return found | {
        "Bundle": answer(served, "A page of results.", fhir(ref("schemas", "Bundle"))),
        "OAuthError": public(
            "Refused.", content(ref("schemas", "OAuthError"), JSON), "WWW-Authenticate", "Allow", "Retry-After"
        ),
    }


_OF_PUBLIC = (400, 404, 405, 406, 414, 500)


def refusals(served: Served, *statuses: int) -> Json:
    """The refusals of an operation."""
    return {
        str(status): ref("responses", FHIR_ERRORS[status][0])
        for status in sorted(set(statuses))
        if status != 429 or served.limited
    }


def public_refusals() -> Json:
    """The refusals of a route of FHIR that everybody may call."""
    return {str(status): ref("responses", f"Public{FHIR_ERRORS[status][0]}") for status in _OF_PUBLIC}


def oauth_refusals(*statuses: int) -> Json:
    """The refusals of an OAuth endpoint."""
    return {str(status): ref("responses", "OAuthError") for status in statuses}
