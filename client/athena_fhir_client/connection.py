"""A FHIR server, a token for it, and the pace that it allows: requests, before anything is known of FHIR."""

from collections.abc import Collection, Mapping
from typing import Any, Self

from athena_fhir_client.auth.bearer import TokenAuth
from athena_fhir_client.clock import Clock, SystemClock
from athena_fhir_client.configuration import is_http_url
from athena_fhir_client.debug import enable_debug
from athena_fhir_client.discovery import Endpoints, discover
from athena_fhir_client.errors import ConfigurationError, JsonObject, ProtocolError
from athena_fhir_client.libraries import AuthBase, requests
from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.providers import Provider, provider_of
from athena_fhir_client.sending import SUCCESS, Auth, Parameters, Sender, call_of
from athena_fhir_client.transport import Timeouts, Transport, asked, origin_of

_FREE = ("metadata", ".well-known/smart-configuration")
_FORM = "application/x-www-form-urlencoded"


class Connection:
    """A FHIR server, and how we talk to it. Threads may share one.

    Args:
        base_url: FHIR base URL.
        auth: where tokens come from; None for a server that is open.
        clock: whose time is told and waited for.
        pacer: when requests may be sent; one of its own, of the strategy ``paced``, if left out.
        backoff: how often and how long a request is tried again.
        transport: the connections.
        practice: sent with every read and search as ``ah-practice``; empty for none. The real API wants it of a token
            that is not a patient's: ``a-1.Practice-500001``, or the number alone.

    Attributes:
        base_url: without a slash at the end.
        provider: what is known beforehand of whoever runs the server, or None.
    """

    def __init__(
        self,
        base_url: str,
        auth: AuthBase | None = None,
        *,
        clock: Clock | None = None,
        pacer: Pacer | None = None,
        backoff: Backoff | None = None,
        transport: Transport | None = None,
        practice: str = "",
    ) -> None:
        if not is_http_url(base_url):
            message = f"{base_url!r}: expected the base URL of a FHIR server, such as http://127.0.0.1:8080/fhir/r4"
            raise ConfigurationError(message)
        enable_debug()
        self.base_url = base_url.rstrip("/")
        self.practice = practice
        self.provider: Provider | None = provider_of(self.base_url)
        self.clock = clock or SystemClock()
        self.pacer = pacer or Pacer(self.clock)
        self._transport = transport or Transport()
        self._sender = Sender(self.base_url, self._transport, self.pacer, self.clock, backoff or Backoff(), auth)
        self._endpoints: Endpoints | None = None

    @property
    def auth(self) -> AuthBase | None:
        """Authentication for requests of one's own: ``requests.get(url, auth=client.auth, timeout=30)``."""
        return self._sender.auth

    @property
    def token_auth(self) -> TokenAuth:
        """The same, as what keeps the token.

        Raises:
            ConfigurationError: this client sends none.
        """
        if not isinstance(self._sender.auth, TokenAuth):
            raise ConfigurationError("this client was made without credentials: it has no token")
        return self._sender.auth

    @property
    def endpoints(self) -> Endpoints:
        """The authorization server's, discovered when they are first asked for."""
        if self._endpoints is None:
            self._endpoints = discover(self._open_json, self.base_url, self.provider)
        return self._endpoints

    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        params: Parameters | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        auth: Auth = True,
        expected: Collection[int] = SUCCESS,
        paced: bool | None = None,
        repeatable: bool | None = None,
        timeouts: Timeouts | None = None,
    ) -> "requests.Response":
        """One call, in its turn: the token is added, refusals are waited out, and what fails for good is raised.

        Args:
            path_or_url: below the base URL, or a whole URL.
            json: sent as ``application/fhir+json`` unless ``headers`` say otherwise.
            stream: the body is not read; close the answer, or use it in a ``with``.
            auth: False sends no token, and only then may the URL be another host's.
            expected: statuses that are answers and not errors.
            paced: whether it costs a request of the quota; True for all but metadata and discovery.
            repeatable: whether it does no harm if the server does it twice; if left out, the method says so.

        Raises:
            StatusError: another status; each has a class of its own.
            TransportError: no answer, or not in time.
            ForeignHost: the token would have gone to another host.
            QuotaSpent: today's budget is used up.
            AuthError: no token is to be had.
        """
        url = self.url_of(path_or_url)
        call = call_of(
            method,
            url,
            body=json,
            headers=headers,
            params=params,
            data=data,
            stream=stream,
            auth=auth,
            expected=expected,
            paced=self._costs(url) if paced is None else paced,
            repeatable=repeatable,
            timeouts=timeouts,
        )
        return self._sender.send(call)

    def json(self, method: str, path_or_url: str, **options: Any) -> JsonObject:
        """The JSON object of an answer; ``options`` are those of :meth:`request`.

        Raises:
            ProtocolError: the body is none.
        """
        return json_of(self.request(method, path_or_url, **options))

    def url_of(self, path_or_url: str) -> str:
        """The whole URL of a path below the base URL; a whole one stays what it is."""
        if "://" in path_or_url:
            return path_or_url
        return f"{self.base_url}/{path_or_url.lstrip('/')}" if path_or_url else self.base_url

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _costs(self, url: str) -> bool:
        return origin_of(url) == origin_of(self.base_url) and url.partition("?")[0] not in (
            f"{self.base_url}/{path}" for path in _FREE
        )

    def _open_json(self, path: str) -> JsonObject:
        return self.json(
            "GET", path, auth=False, paced=False, headers={"Accept": "application/json, application/fhir+json"}
        )

    def _post_form(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> JsonObject:
        fields = {"Accept": "application/json", "Content-Type": _FORM, **headers}
        # What a token request does twice is one token more; a refresh token that is used twice may cost the sign-in.
        repeatable = form.get("grant_type") == "client_credentials"
        return self.json("POST", url, data=dict(form), headers=fields, auth=False, paced=False, repeatable=repeatable)


def json_of(response: "requests.Response") -> JsonObject:
    """The JSON object that a body is.

    Raises:
        ProtocolError: it is none.
    """
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        kind = response.headers.get("Content-Type", "no content type")
        message = f"{asked(response.request)} was answered {response.status_code} with {kind} that is not a JSON object"
        raise ProtocolError(message)
    return body
