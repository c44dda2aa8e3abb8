"""Keeps a token fresh, and sends it nowhere but to the server that it is for.

A token is renewed before it ends, by one thread (and with a :class:`.cache.FileCache` one process) while the others
wait for it. After a 401 it is thrown away once, and the request is sent again with a new one.
"""

import threading
from contextlib import ExitStack
from typing import Any

from athena_fhir_client.auth.cache import Cache, MemoryCache
from athena_fhir_client.auth.endpoint import TokenEndpoint
from athena_fhir_client.auth.grants import Grant
from athena_fhir_client.auth.token import Token
from athena_fhir_client.debug import AUTH
from athena_fhir_client.errors import AuthError
from athena_fhir_client.libraries import AuthBase, requests
from athena_fhir_client.transport import origin_of


class TokenAuth(AuthBase):
    """A Bearer token, as authentication of requests::

        requests.get(url, auth=client.auth, timeout=30)

    Args:
        audience: base URL of the server that the token is for.
        grant: how a first token is got, and one after a refresh was refused.
    """

    def __init__(self, audience: str, endpoint: TokenEndpoint, grant: Grant, cache: Cache | None = None) -> None:
        self.audience = audience
        self.grant = grant
        self.endpoint = endpoint
        self.cache = cache or MemoryCache()
        self._lock = threading.RLock()
        self._token: Token | None = None

    def token(self) -> Token:
        """A token that is fresh.

        Raises:
            AuthError: there is none to be had.
        """
        token = self._token
        if token is not None and token.fresh(self.endpoint.clock.now()):
            return token
        return self._renewed(None)

    def renew(self, refused: str) -> Token:
        """Another token than one that was refused; the same for all who come with that one."""
        return self._renewed(refused)

    def keep(self, token: Token) -> None:
        """Use a token that was got in another way, as by signing in."""
        with self._lock:
            self.cache.write(token)
            self._token = token

    def forget(self) -> None:
        """Sign out: throw away what is kept."""
        with self._lock:
            self.cache.clear()
            self._token = None

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        """Add the token if the request goes to its audience, and watch for a 401."""
        if origin_of(request.url or "") == origin_of(self.audience):
            token = self.token().access_token
            request.headers["Authorization"] = f"Bearer {token}"
            request.register_hook("response", lambda response, **options: self._again(response, token, options))  # type: ignore[no-untyped-call]
        return request

    def _again(self, response: "requests.Response", sent: str, options: Any) -> "requests.Response":
        """Send a request again that was answered 401, once."""
        if response.status_code != 401:
            return response
        response.content  # noqa: B018 - read it, so that the connection is free
        response.close()
        request = response.request.copy()
        request.deregister_hook("response", request.hooks["response"][0])  # type: ignore[no-untyped-call]
        request.headers["Authorization"] = f"Bearer {self.renew(sent).access_token}"
        again: requests.Response = response.connection.send(request, **options)
        again.history.append(response)
        again.request = request
        return again

    def _renewed(self, refused: str | None) -> Token:
        """One thread and one process renews; who comes meanwhile finds what it brought."""
        with self._lock, ExitStack() as stack:
            known = self._usable(self._token, refused)
            if known:
                return known
            stack.enter_context(self.cache.locked())
            kept = self.cache.read()
            self._token = self._usable(kept, refused) or self._new(kept)
            if self._token is not kept:
                self.cache.write(self._token)
            return self._token

    def _usable(self, token: Token | None, refused: str | None) -> Token | None:
        good = token and token.access_token != refused and token.fresh(self.endpoint.clock.now())
        return token if good else None

    def _new(self, before: Token | None) -> Token:
        if before and before.refresh_token:
            try:
                return self.endpoint.refresh(before)
            except AuthError as error:
                if error.error != "invalid_grant":
                    raise
                AUTH("the refresh token is not good any more")
                self.cache.clear()
        return self.endpoint.ask(self.grant.form(), self.grant.scope)
