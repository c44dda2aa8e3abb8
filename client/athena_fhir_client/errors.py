"""Everything that can go wrong, as one tree.

::

    AthenaError
    ├── ConfigurationError       a setting is missing or cannot work
    ├── MissingDependency        a library is not installed
    ├── TransportError           no answer, or not a whole one
    │   └── TimedOut             in the time that was allowed
    ├── ForeignHost              a link would have taken us, or our token, to another host
    ├── ProtocolError            an answer that the specification does not allow
    ├── QuotaSpent               nothing may be sent for long
    ├── AuthError                no token: the authorization server refused, or nobody signed in
    ├── SearchRefused            a search was answered 200, and an outcome in it says that it failed
    └── StatusError              an answer with a status that was not expected
        ├── BadRequest           400, 422
        ├── Unauthorized         401
        ├── Forbidden            403
        ├── NotFound             404
        │   └── Gone             410
        ├── Conflict             409, 412
        ├── RateLimited          429
        └── ServerError          5xx
            └── Unavailable      502, 503, 504

What was said is in the message. Nobody's data are: URLs show what was asked for, not for whom (:mod:`.redaction`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from athena_fhir_client.outcomes import as_outcome, in_words
from athena_fhir_client.redaction import safe_url

if TYPE_CHECKING:
    import requests

JsonObject = dict[str, Any]


class AthenaError(Exception):
    """Whatever this package raises."""


class ConfigurationError(AthenaError):
    """A setting is missing or cannot work; says which one and what was expected."""


class MissingDependency(AthenaError):
    """A library is needed that is not installed; says how to install it."""


class TransportError(AthenaError):
    """No answer, or not a whole one.

    Attributes:
        request: what was sent, if it came that far.
        sent: whether the server may have seen the request.
    """

    def __init__(self, message: str, *, request: "requests.PreparedRequest | None" = None, sent: bool = True) -> None:
        super().__init__(message)
        self.request = request
        self.sent = sent


class TimedOut(TransportError):
    """The answer did not come, or did not end, in the time that was allowed."""


class ForeignHost(AthenaError):
    """A link or a redirect leads to another host than the one that was asked, and is not followed.

    Attributes:
        url: where it leads.
    """

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


class ProtocolError(AthenaError):
    """An answer that the specification does not allow: no JSON, another resource, links that lead in a circle."""


class QuotaSpent(AthenaError):
    """Nothing may be sent for long: today's budget is used up, or the server shut us out.

    Attributes:
        resets_in: seconds until there is room again.
    """

    def __init__(self, message: str, resets_in: float) -> None:
        super().__init__(message)
        self.resets_in = resets_in


class AuthError(AthenaError):
    """No token.

    Attributes:
        error: the code of RFC 6749 §5.2, such as ``invalid_client``; empty if there is none.
        status: of the authorization server's answer, or 0.
    """

    def __init__(self, message: str, error: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.error = error
        self.status = status


class SearchRefused(AthenaError):
    """A search was answered 200, and an OperationOutcome within it says that it failed.

    Attributes:
        outcome: that OperationOutcome.
    """

    def __init__(self, message: str, outcome: JsonObject) -> None:
        super().__init__(message)
        self.outcome = outcome


class StatusError(AthenaError):
    """An answer with a status that was not expected.

    Attributes:
        response, request: as they were; the body is read.
        outcome: the OperationOutcome of the body, or None.
        words: what the body says, in one line.
    """

    def __init__(self, response: "requests.Response") -> None:
        self.response = response
        self.request = response.request
        self.outcome = as_outcome(response.text)
        self.words = in_words(response.text)
        super().__init__(f"{self._answered()}{f': {self.words}' if self.words else ''}")

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    def _answered(self) -> str:
        request, response = self.request, self.response
        asked = f"{request.method} {safe_url(request.url or '')}"
        return f"{asked} was answered {response.status_code} {response.reason or ''}".rstrip()


class BadRequest(StatusError):
    """400 or 422: the server does not understand, or does not accept, what was asked."""


class Unauthorized(StatusError):
    """401: no token, or one that is not good (any more); a new one did not help."""


class Forbidden(StatusError):
    """403: the token does not cover this, or the server does not allow it."""


class NotFound(StatusError):
    """404: not there, or not for this caller."""


class Gone(NotFound):
    """410: it was deleted."""


class Conflict(StatusError):
    """409 or 412: it was changed meanwhile, or the condition does not hold."""


class RateLimited(StatusError):
    """429, again and again, or for longer than the client was told to be patient.

    Attributes:
        retry_after: seconds that the server asks to wait; None if it does not say.
    """

    retry_after: float | None = None


class ServerError(StatusError):
    """5xx: the server failed."""


class Unavailable(ServerError):
    """502, 503 or 504: the server is not there for a while."""


_BY_STATUS: Mapping[int, type[StatusError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    412: Conflict,
    422: BadRequest,
    429: RateLimited,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def status_error(response: "requests.Response") -> StatusError:
    """The error that an answer is."""
    status = response.status_code
    return _BY_STATUS.get(status, ServerError if status >= 500 else StatusError)(response)
