"""The one renderer of refusals: whatever is raised, anywhere, becomes an answer here and nowhere else.

FHIR routes answer an OperationOutcome (https://hl7.org/fhir/R4/http.html#Status-Codes), OAuth routes the JSON of
RFC 6749 §5.2, the control API plain JSON; what exactly is the profile's matter (:mod:`mock_athena.web.shapes`).
"""

import json
import logging
from typing import NamedTuple

from mock_athena.errors import (
    BadRequest,
    ContentTooLarge,
    ControlError,
    FhirError,
    Forbidden,
    Gone,
    Headers,
    InternalError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    OAuthError,
    Refusal,
    Throttled,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
    UriTooLong,
)
from mock_athena.web.exchange import Exchange
from mock_athena.web.pretty import indented
from mock_athena.web.routes import BULK, FHIR, FHIR_BASE, PUBLIC, SANDBOX_BASE, UNKNOWN
from mock_athena.web.shapes import JSON, SHAPES, Shape, friendly

__all__ = ["JSON", "Rendered", "answer_to", "defect", "from_status", "render"]

_log = logging.getLogger("mock_athena")

_BY_STATUS: dict[int, type[FhirError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    410: Gone,
    413: ContentTooLarge,
    414: UriTooLong,
    415: UnsupportedMediaType,
    429: Throttled,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}
_OAUTH_ERRORS = {401: "invalid_client", 403: "access_denied", 429: "temporarily_unavailable"} | dict.fromkeys(
    (502, 503, 504), "temporarily_unavailable"
)


class Rendered(NamedTuple):
    """An answer, ready to be sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def answer_to(exchange: Exchange, refusal: Refusal) -> Rendered:
    """The answer that a refusal is, as this request is answered; the exchange keeps why."""
    exchange.end(refusal)
    if isinstance(refusal, Unavailable) and exchange.route.speaks in ("control", "oauth"):
        # What is lost below is lost in whichever language was asked.
        refusal = refusal_of(refusal.status, refusal.message, refusal.headers, exchange)
    return render(refusal, pretty=exchange.pretty, shape=SHAPES[exchange.profile.errors])


def render(refusal: Refusal, *, pretty: bool = False, shape: Shape = friendly) -> Rendered:
    """The answer that a refusal is."""
    content_type, value = shape(refusal)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A lone surrogate of somebody's "\\ud800" has no UTF-8; it becomes a question mark.
    body = text.encode(errors="replace")
    if pretty and not isinstance(value, str):
        body = indented(body)
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        # A refusal must not be answered from somebody's cache: RFC 6585 §4 for 429, RFC 6749 §5.1 for tokens.
        ("Cache-Control", "no-store"),
        *refusal.headers,
    ]
    return Rendered(refusal.status, headers, body)


def defect(error: Exception, exchange: Exchange) -> Refusal:
    """The refusal for an error that nobody foresaw; what it was is said in the log and the journal only."""
    _log.error("request %s: %s %r failed", exchange.request_id, exchange.method, exchange.path, exc_info=error)
    message = f"an unexpected error, and a defect of ours; the server's log has it under request {exchange.request_id}"
    refusal = from_status(500, message, (), exchange)
    refusal.reason = repr(error)
    return refusal


def from_status(status: int, description: str, headers: Headers, exchange: Exchange) -> Refusal:
    """The refusal for something that the web framework itself could not route or read."""
    if status == 404:
        description = _nothing_here(exchange)
    elif status == 405:
        allowed = next((value for name, value in headers if name == "Allow"), "")
        description = f"{exchange.method} {exchange.path} is not supported; expected {allowed}"
    refusal = refusal_of(status, description, headers, exchange)
    if status == 404 and isinstance(refusal, FhirError):
        # The gateway knows only base URLs, the router what is below them.
        refusal.layer = "gateway" if exchange.route is UNKNOWN else "router"
    return refusal


def refusal_of(status: int, description: str, headers: Headers, exchange: Exchange) -> Refusal:
    """A refusal of this status, in the language of the route."""
    if exchange.route.speaks == "control":
        return ControlError(description, status=status, headers=headers)
    if exchange.route.speaks == "oauth":
        error = "invalid_request" if status < 500 else "server_error"
        return OAuthError(_OAUTH_ERRORS.get(status, error), description, status=status, headers=headers)
    refusal: Refusal = _BY_STATUS.get(status, BadRequest if status < 500 else InternalError)(
        description, headers=headers
    )
    refusal.status = status
    return refusal


def _nothing_here(exchange: Exchange) -> str:
    if exchange.route is UNKNOWN:
        return (
            f"{exchange.path} is below no base URL of this server. FHIR: {exchange.origin}{FHIR_BASE} (production) "
            f"and {exchange.origin}{SANDBOX_BASE} (sandbox); OAuth: {exchange.origin}/oauth2/v1. Check the base URL"
        )
    return (
        f"{exchange.path}: the base URL is right, but there is nothing of this path below it. "
        "Expected {type}, {type}/{id}, {type}/_search, metadata, $export, Patient/$export or Group/{id}/$export"
        if exchange.route in (FHIR, BULK, PUBLIC)
        else f"there is nothing at {exchange.path}"
    )
