"""The whole life of one call: turn, token, answer, and what is done about an answer that is none.

::

    take a turn (pace) → token → send → give the turn back with what the answer tells
      no answer          → again, if nothing can have happened, or nothing can happen twice
      3xx                → followed on the same host, five times at most
      401                → once more, with a new token
      429                → the whole client waits, then again
      502, 503, 504      → again, if nothing can happen twice
      expected           → the answer
      anything else      → the error that it is
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from athena_fhir_client.auth.bearer import TokenAuth
from athena_fhir_client.clock import Clock
from athena_fhir_client.debug import HTTP
from athena_fhir_client.errors import ForeignHost, ProtocolError, RateLimited, TransportError, status_error
from athena_fhir_client.libraries import AuthBase, requests
from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.pace.state import Mark
from athena_fhir_client.pace.told import Told, told_by
from athena_fhir_client.pace.window import Reply
from athena_fhir_client.redaction import safe_url
from athena_fhir_client.texts import json_text
from athena_fhir_client.transport import Timeouts, Transport, asked, joined, origin_of

FHIR_JSON = "application/fhir+json"
SUCCESS = range(200, 300)

Parameters = Mapping[str, Any] | Iterable[tuple[str, Any]]
Auth = bool | AuthBase

_IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
_REDIRECTS, _MOST_REDIRECTS = (301, 302, 303, 307, 308), 5
_TRANSIENT = (408, 502, 503, 504)
_NOBODY_LISTENS = 3  # times to knock where no connection stands


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked for.

    Attributes:
        auth: True for the client's own token, False for none, or another authentication of requests.
        expected: statuses that are no error.
        paced: whether it costs a request of the quota.
        repeatable: whether the server may do it twice.
    """

    method: str
    url: str
    params: Parameters | None = None
    data: bytes | Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    auth: Auth = True
    expected: Collection[int] = SUCCESS
    paced: bool = True
    repeatable: bool = False
    timeouts: Timeouts | None = None


def call_of(method: str, url: str, *, body: Any = None, headers: Mapping[str, str] | None = None, **rest: Any) -> Call:
    """A call with the header fields of FHIR; a ``body`` is sent as JSON."""
    method = method.upper()
    fields = {"Accept": FHIR_JSON, "X-Request-Id": secrets.token_hex(8)}
    if body is not None:
        rest["data"] = json_text(body, separators=(",", ":")).encode()
        fields["Content-Type"] = FHIR_JSON
    if rest.get("repeatable") is None:
        rest["repeatable"] = method in _IDEMPOTENT
    return Call(method, url, headers={**fields, **(headers or {})}, **rest)


@dataclass
class Sender:
    """Sends calls.

    Attributes:
        home: base URL of the server that the token is for.
        auth: the client's own; None if the server is open.
    """

    home: str
    transport: Transport
    pacer: Pacer
    clock: Clock
    backoff: Backoff
    auth: AuthBase | None = None

    def send(self, call: Call) -> "requests.Response":
        """The answer; its body is read unless it is to be streamed.

        Raises:
            AthenaError: every kind of failure is one of the tree.
        """
        attempt, redirects, renewed = 0, 0, False
        while True:
            attempt += 1
            request, sent_token = self._ready(call)  # whoever gives out tokens was asked often enough already
            try:
                response = self._answered(call, request)
            except TransportError as error:
                self._may_try_again(call, error, attempt)
                continue
            status = response.status_code
            if status in call.expected:
                return response
            if status in _REDIRECTS and "Location" in response.headers:
                redirects += 1
                call = self._redirected(call, response, redirects)
            elif status == 401 and sent_token and not renewed:
                renewed = True
                self._renew(sent_token)
            elif not self._waited(call, response, attempt):
                raise _failed(response, self.clock.now())

    def _ready(self, call: Call) -> tuple["requests.PreparedRequest", str]:
        """A request as it is sent, and the token in it."""
        self._guard(call)
        request = self.transport.prepare(
            call.method, call.url, params=call.params, data=call.data, headers={**call.headers, **self.clock.headers()}
        )
        mine = self.auth if call.auth is True else call.auth or None
        token = ""
        if isinstance(mine, TokenAuth) and call.auth is True:
            token = mine.token().access_token
            request.headers["Authorization"] = f"Bearer {token}"
        elif mine:
            request = mine(request)
        return request, token

    def _answered(self, call: Call, request: "requests.PreparedRequest") -> "requests.Response":
        """The answer to one request."""
        response = self._paced(call, request) if call.paced else self.transport.send(request, call.timeouts)
        if not call.stream or response.status_code not in call.expected:
            self.transport.read(response, call.timeouts)
        return response

    def _guard(self, call: Call) -> None:
        if call.auth is not False and self.auth and origin_of(call.url) != origin_of(self.home):
            message = (
                f"{call.method} {safe_url(call.url)}: the token is for {self.home}, and is not sent to another host"
            )
            raise ForeignHost(message, call.url)

    def _paced(self, call: Call, request: "requests.PreparedRequest") -> "requests.Response":
        mark = self.pacer.take()
        connections = self.transport.connected()
        try:
            response = self.transport.send(request, call.timeouts)
        except BaseException:
            self.pacer.give_back(mark, Reply(self.clock.monotonic()))
            raise
        replied = self.clock.monotonic()
        told = told_by(response.headers, self.clock.now())
        warm = self.transport.connected() == connections
        self.pacer.give_back(mark, Reply(replied, response.status_code, told, warm))
        if HTTP.listened_to:
            _tell(response, mark, replied, told)
        return response

    def _may_try_again(self, call: Call, error: TransportError, attempt: int) -> None:
        harmless = call.repeatable or not error.sent
        most = self.backoff.attempts if error.sent else _NOBODY_LISTENS
        if not harmless or attempt >= most:
            raise error
        HTTP("%s: again (%d of %d)", error, attempt + 1, most)
        self.clock.sleep(self.backoff.wait(attempt, None))

    def _redirected(self, call: Call, response: "requests.Response", redirects: int) -> Call:
        url = joined(response.url, response.headers["Location"])
        if redirects > _MOST_REDIRECTS:
            raise ProtocolError(f"{asked(response.request)} was redirected more than {_MOST_REDIRECTS} times")
        if call.method not in ("GET", "HEAD"):
            raise _failed(response, self.clock.now())
        return replace(call, url=url, params=None)

    def _renew(self, token: str) -> None:
        if isinstance(self.auth, TokenAuth):
            HTTP("401: once more with a new token")
            self.auth.renew(token)

    def _waited(self, call: Call, response: "requests.Response", attempt: int) -> bool:
        """Wait if it may be better then; False if not, or not soon enough."""
        status = response.status_code
        if attempt >= self.backoff.attempts or not (status == 429 or (status in _TRANSIENT and call.repeatable)):
            return False
        told = told_by(response.headers, self.clock.now())
        seconds = self.backoff.wait(attempt, told.retry_after if told.retry_after is not None else _reset(status, told))
        if seconds > self.backoff.patience:
            return False
        HTTP("%d: again in %.3f s (%d of %d)", status, seconds, attempt + 1, self.backoff.attempts)
        if status == 429 and call.paced:
            self.pacer.block(seconds)  # everybody waits, not this call alone
        else:
            self.clock.sleep(seconds)
        return True


def _reset(status: int, told: Told) -> float | None:
    return told.reset if status == 429 else None


def _failed(response: "requests.Response", now: float) -> Exception:
    error = status_error(response)
    if isinstance(error, RateLimited):
        told = told_by(response.headers, now)
        error.retry_after = told.retry_after if told.retry_after is not None else told.reset
    return error


def _tell(response: "requests.Response", mark: Mark, replied: float, told: Told) -> None:
    left = ", ".join(f"{left} of {quota} left" for quota, left in told.remaining)
    HTTP("%s → %d in %.0f ms; %s", asked(response.request), response.status_code, (replied - mark.sent) * 1000, left)
