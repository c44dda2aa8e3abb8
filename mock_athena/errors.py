"""Every refusal that the emulator can answer, and nothing else that builds one.

::

    MockAthenaError
    ├── ConfigurationError        the person who started us is told on one line; exit code 2
    │   └── DataError             a data file cannot be used: file, line and reason
    ├── ClockTimeout              a wait for the clock took too long: somebody did not come, or nobody moves it
    ├── ClockStopped              somebody waited for the clock when the emulator was reset or ended
    ├── ConnectionFault           the connection breaks, as a fault was asked to make it
    └── Refusal                   a caller is told over HTTP
        ├── FhirError             OperationOutcome
        │   ├── BadRequest            400 invalid
        │   │   └── BusinessRule          400 business-rule
        │   ├── Unauthorized          401 login
        │   ├── Forbidden             403 forbidden
        │   │   ├── InsufficientScope     403 forbidden
        │   │   └── MissingCombination    403 forbidden
        │   ├── NotFound              404 not-found
        │   │   └── OutOfReach            404 not-found
        │   ├── MethodNotAllowed      405 not-supported
        │   ├── NotAcceptable         406 not-supported
        │   ├── Conflict              409 conflict
        │   ├── Gone                  410 deleted
        │   ├── PreconditionFailed    412 conflict
        │   ├── ContentTooLarge       413 too-long
        │   ├── UriTooLong            414 too-long
        │   ├── UnsupportedMediaType  415 not-supported
        │   ├── RangeNotSatisfiable   416 value
        │   ├── UnprocessableContent  422 invalid
        │   ├── Throttled             429 throttled
        │   ├── InternalError         500 exception
        │   └── Unavailable           503 transient
        ├── OAuthError            {"error": …} of RFC 6749 §5.2
        └── ControlError          {"error": …} of the control API

A message says what came, what was expected and what to do. What must not leak to a caller (that another
patient's record exists, say) goes into ``reason``, which only the journal shows. Errors carry their wire codes;
:mod:`mock_athena.web.refuse` is the one renderer. Issue types: https://hl7.org/fhir/R4/valueset-issue-type.html
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal, NamedTuple

Headers = Sequence[tuple[str, str]]

Layer = Literal["gateway", "router", "service"]
"""Which part of the real API would refuse; each has a language of its own."""


class MockAthenaError(Exception):
    """The root of everything that this package raises on purpose."""


class ConfigurationError(MockAthenaError):
    """The emulator cannot be started, or a command cannot be carried out, as asked."""


class DataError(ConfigurationError):
    """A data file cannot be used."""


class ClockTimeout(MockAthenaError, TimeoutError):
    """The clock did not reach an instant within real time."""


class ClockStopped(MockAthenaError):
    """The clock that somebody waited for was reset or ended."""


class ConnectionFault(MockAthenaError):
    """Ends the answer by breaking its connection; the server below WSGI carries it out.

    Args:
        how: ``reset`` (RST), ``close`` (FIN, however much of the answer is missing), or ``half-close``: our side is
            closed, theirs stays open.
        held: waits until a half-closed connection may be closed at last.
    """

    def __init__(self, how: Literal["reset", "close", "half-close"], held: Callable[[], object] = lambda: None) -> None:
        super().__init__(f"the connection is to break: {how}")
        self.how = how
        self.held = held


class Refusal(MockAthenaError):
    """A request is not carried out.

    Args:
        message: for the caller: what came, what was expected, what to do.
        reason: for the journal only; the message where nothing is given.
        headers: fields to add to the answer, such as ``Allow``.

    Attributes:
        requirement: the statement of the integration guide that it keeps, for the journal; empty where there is none.
    """

    status: int = 500
    requirement: ClassVar[str] = ""

    def __init__(self, message: str, *, reason: str | None = None, headers: Headers = ()) -> None:
        super().__init__(message)
        self.message = message
        self.reason = message if reason is None else reason
        self.headers = tuple(headers)


class Issue(NamedTuple):
    """One thing that is wrong, or worth knowing.

    Attributes:
        severity, code: of FHIR's value sets. expression: the elements or parameters at fault.
    """

    severity: str
    code: str
    message: str
    expression: tuple[str, ...] = ()


class FhirError(Refusal):
    """Answered as an OperationOutcome.

    Args:
        expression: the elements or parameters at fault, for ``issue.expression``.
        issues: what is wrong, one by one, where that is more than the message tells.

    Attributes:
        layer: who would refuse this in the real API.
    """

    issue_code: ClassVar[str] = "exception"
    severity: ClassVar[str] = "error"
    layer: Layer = "service"

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        headers: Headers = (),
        expression: Sequence[str] = (),
        issues: Sequence[Issue] = (),
    ) -> None:
        super().__init__(message, reason=reason, headers=headers)
        self.expression = tuple(expression)
        self.issues = tuple(issues) or (Issue(self.severity, self.issue_code, message, self.expression),)


class BadRequest(FhirError):
    """The request cannot be understood: a malformed value, an unknown parameter under strict handling."""

    status = 400
    issue_code = "invalid"


class BusinessRule(BadRequest):
    """The request is of FHIR's grammar and not of this server's: an id of another form, no practice."""

    issue_code = "business-rule"
    layer: Layer = "router"


class Unauthorized(FhirError):
    """No token, or one that cannot be accepted. ``headers`` carry the ``WWW-Authenticate`` of RFC 6750 §3."""

    status = 401
    issue_code = "login"
    requirement = "F1"
    layer: Layer = "gateway"


class Forbidden(FhirError):
    """The token is good and does not cover this request."""

    status = 403
    issue_code = "forbidden"
    requirement = "F1"


class InsufficientScope(Forbidden):
    """The token's scopes do not cover the request.

    Args:
        type: the resource type that they do not cover. letter: the right that is missing, out of ``cruds``.
        scope: one that would do. layer: who finds out.
    """

    def __init__(
        self, message: str, *, type: str, layer: Layer, letter: str = "", scope: str = "", headers: Headers = ()
    ) -> None:
        super().__init__(message, headers=headers)
        self.type, self.letter, self.scope = type, letter, scope
        self.layer = layer


class MissingCombination(Forbidden):
    """A search gives none of the combinations of parameters of which its type requires one."""

    severity = "fatal"


class NotFound(FhirError):
    """Nothing here, or nothing that this caller may know of."""

    status = 404
    issue_code = "not-found"
    requirement = "F3"


class OutOfReach(NotFound):
    """It is here, and this caller must not learn so: to the caller the same as :class:`NotFound`."""


class MethodNotAllowed(FhirError):
    """The path exists and does not take this method. ``headers`` carry ``Allow``."""

    status = 405
    issue_code = "not-supported"


class NotAcceptable(FhirError):
    """None of the media types asked for is spoken here."""

    status = 406
    issue_code = "not-supported"


class Conflict(FhirError):
    """It cannot be written as things stand, such as a second booking of one time."""

    status = 409
    issue_code = "conflict"


class Gone(FhirError):
    """It was here and is not any more."""

    status = 410
    issue_code = "deleted"


class PreconditionFailed(FhirError):
    """What the caller made the request depend on does not hold: another version, several matches."""

    status = 412
    issue_code = "conflict"


class ContentTooLarge(FhirError):
    """The body is larger than the limit that the message names."""

    status = 413
    issue_code = "too-long"


class UriTooLong(FhirError):
    """The request line is longer than the limit that the message names."""

    status = 414
    issue_code = "too-long"


class UnsupportedMediaType(FhirError):
    """The body is in a format that is not read here."""

    status = 415
    issue_code = "not-supported"


class RangeNotSatisfiable(FhirError):
    """The part asked for begins behind the end. ``headers`` carry ``Content-Range`` with the length."""

    status = 416
    issue_code = "value"


class UnprocessableContent(FhirError):
    """The body is a resource, and no valid one."""

    status = 422
    issue_code = "invalid"


class Throttled(FhirError):
    """The quota is used up. Retry-After comes from the limiter's decision, not from here."""

    status = 429
    issue_code = "throttled"
    requirement = "C2"


class InternalError(FhirError):
    """Our own defect; the journal has the detail."""

    status = 500
    issue_code = "exception"


class Unavailable(FhirError):
    """It would work a little later. ``headers`` carry ``Retry-After``."""

    status = 503
    issue_code = "transient"


class OAuthError(Refusal):
    """Answered as RFC 6749 §5.2 JSON, or on the redirect of §4.1.2.1.

    Args:
        error: the registered code, such as ``invalid_grant``.
        status: 400, or 401 when the client could not be authenticated.
    """

    requirement = "F1"

    def __init__(
        self, error: str, message: str, *, status: int = 400, reason: str | None = None, headers: Headers = ()
    ) -> None:
        super().__init__(message, reason=reason, headers=headers)
        self.error = error
        self.status = status


class ControlError(Refusal):
    """The control API cannot do what it was asked; answered as JSON."""

    def __init__(self, message: str, *, status: int = 400, headers: Headers = ()) -> None:
        super().__init__(message, headers=headers)
        self.status = status


def shortened(text: str, most: int = 200) -> str:
    """``text``, cut where a caller sent more than an error message should repeat."""
    return text if len(text) <= most else text[:most] + "…"
