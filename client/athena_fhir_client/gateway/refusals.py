"""What is answered when something does not go: ``{"success": false, "error": {"code", "message"}}``.

The caller's mistakes and what the server refuses are 4xx; a server that is not there is 502 or 504. What is nobody's
mistake but ours is 500, and in the log.
"""

import logging
import math
from collections.abc import Mapping

from flask import Response
from werkzeug.exceptions import HTTPException

from athena_fhir_client.bulk.errors import BulkError, ExportRefused
from athena_fhir_client.errors import (
    AthenaError,
    AuthError,
    BadRequest,
    Conflict,
    Forbidden,
    ForeignHost,
    NotFound,
    ProtocolError,
    QuotaSpent,
    RateLimited,
    SearchRefused,
    ServerError,
    TimedOut,
    TransportError,
    Unauthorized,
)
from athena_fhir_client.gateway.answers import answer
from athena_fhir_client.service.errors import ServiceError, StoreError

_LOG = logging.getLogger("athena_fhir_client.gateway")

# The first that fits; subclasses stand before their classes.
_CODES: tuple[tuple[type[AthenaError], int, str], ...] = (
    (AuthError, 401, "AUTHENTICATION_FAILED"),
    (Unauthorized, 401, "AUTHENTICATION_FAILED"),
    (Forbidden, 403, "FORBIDDEN"),
    (SearchRefused, 403, "FORBIDDEN"),
    (NotFound, 404, "NOT_FOUND_AT_SERVER"),
    (Conflict, 409, "CONFLICT"),
    (BadRequest, 400, "REFUSED_BY_SERVER"),
    (ExportRefused, 400, "REFUSED_BY_SERVER"),
    (BulkError, 502, "SERVER_FAILED"),
    (RateLimited, 429, "RATE_LIMITED"),
    (QuotaSpent, 429, "QUOTA_SPENT"),
    (TimedOut, 504, "SERVER_TIMED_OUT"),
    (TransportError, 502, "SERVER_UNREACHABLE"),
    (ServerError, 502, "SERVER_FAILED"),
    (ProtocolError, 502, "SERVER_FAILED"),
    (ForeignHost, 502, "SERVER_FAILED"),
)
_HTTP_CODES = {
    400: "INVALID_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "TOO_LARGE",
    415: "WRONG_CONTENT_TYPE",
}


def refusal(error: Exception) -> Response:
    """The answer that an error is."""
    if isinstance(error, ServiceError):
        return refused(error.status, error.code, str(error))
    if isinstance(error, HTTPException):
        status = error.code or 500
        return refused(status, _HTTP_CODES.get(status, "REFUSED"), error.description or error.name, _allow(error))
    for kind, status, code in _CODES:
        if isinstance(error, kind):
            return refused(status, code, str(error), _retry_after(error))
    if isinstance(error, AthenaError) and not isinstance(error, StoreError):
        return refused(400, "REFUSED", str(error))
    _LOG.error("an answer failed", exc_info=error)
    return refused(500, "INTERNAL_ERROR", "the gateway failed; its log says why")


def refused(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of that status, code and message."""
    return answer("error", {"success": False, "error": {"code": code, "message": message}}, status, headers)


def _allow(error: HTTPException) -> dict[str, str]:
    methods = getattr(error, "valid_methods", None)
    return {"Allow": ", ".join(sorted(methods))} if methods else {}


def _retry_after(error: AthenaError) -> dict[str, str]:
    seconds = getattr(error, "retry_after", None) or getattr(error, "resets_in", None)
    return {"Retry-After": str(math.ceil(seconds))} if seconds else {}
