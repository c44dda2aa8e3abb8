"""What a refusal looks like: a shape for each of the languages in which profiles refuse.

``friendly`` says everything, in one OperationOutcome. ``layered`` is how the real API was seen to refuse, whose layers
do not speak alike: the gateway in plain text, the router in an OperationOutcome whose ``details`` are a mere string
(which is no valid FHIR), the services in one of few words. What is left unsaid is in the journal.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mock_athena.errors import FhirError, InsufficientScope, OAuthError, Refusal
from mock_athena.fhir.outcome import issue, operation_outcome, short_issue
from mock_athena.web.negotiate import FHIR_JSON

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


class Body(NamedTuple):
    """The body of a refusal.

    Attributes:
        value: JSON, or a text that is sent as it is.
    """

    content_type: str
    value: dict[str, Any] | str


Shape = Callable[[Refusal], Body]


def friendly(refusal: Refusal) -> Body:
    """An OperationOutcome on FHIR routes, RFC 6749 §5.2 on those of OAuth."""
    if isinstance(refusal, FhirError):
        return Body(FHIR_JSON, operation_outcome(*(issue(*each) for each in refusal.issues)))
    if isinstance(refusal, OAuthError):
        return Body(JSON, {"error": refusal.error, "error_description": refusal.message})
    return Body(JSON, {"error": refusal.message})


def layered(refusal: Refusal) -> Body:
    """As the layer of the real API whose refusal it would be."""
    if isinstance(refusal, FhirError):
        return _BY_LAYER[refusal.layer](refusal)
    if isinstance(refusal, OAuthError):
        observed = "Quota Exceeded" if refusal.status == 429 else _OAUTH_WORDS.get(refusal.error, "")
        words = f"{observed}: {refusal.message}" if observed else refusal.message
        return Body(JSON, {"error": refusal.error, "detailedmessage": words})
    return friendly(refusal)


_OAUTH_WORDS = {
    "invalid_scope": "Invalid Scope",
    "access_denied": "Policy evaluation failed for this request, please check the policy configurations.",
}
_GATEWAY_WORDS = {
    401: Body(TEXT, "Developer Inactive"),
    # Not JSON, whatever its type says.
    404: Body(JSON, "Service not registered with API gateway."),
}


def _of_service(refusal: FhirError) -> Body:
    if isinstance(refusal, InsufficientScope):
        return Body(
            FHIR_JSON, operation_outcome(short_issue("fatal", "forbidden", "Invalid Token Scope", [refusal.type]))
        )
    return Body(FHIR_JSON, operation_outcome(*(short_issue(*each) for each in refusal.issues)))


def _of_router(refusal: FhirError) -> Body:
    words = "Invalid scope" if isinstance(refusal, InsufficientScope) else refusal.message
    found = {"severity": refusal.severity, "code": refusal.issue_code, "details": words}
    return Body(FHIR_JSON, operation_outcome(found))


def _of_gateway(refusal: FhirError) -> Body:
    return _GATEWAY_WORDS.get(refusal.status) or Body(TEXT, refusal.message)


_BY_LAYER: Mapping[str, Callable[[FhirError], Body]] = {
    "gateway": _of_gateway,
    "router": _of_router,
    "service": _of_service,
}

SHAPES: Mapping[str, Shape] = {"friendly": friendly, "layered": layered}
"""By :attr:`mock_athena.profiles.Profile.errors`."""
