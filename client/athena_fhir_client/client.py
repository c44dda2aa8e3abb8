"""The client, and the ways to make one."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from athena_fhir_client.auth.assertion import SignedAssertion
from athena_fhir_client.auth.bearer import TokenAuth
from athena_fhir_client.auth.cache import Cache, FileCache, MemoryCache, name_of
from athena_fhir_client.auth.credentials import Credentials, Public, Secret
from athena_fhir_client.auth.endpoint import TokenEndpoint
from athena_fhir_client.auth.grants import ClientCredentials, Grant, SignedIn
from athena_fhir_client.clock import Clock, SystemClock
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.fhir.interactions import Interactions
from athena_fhir_client.pace.pacer import InMemory, Kept, Pacer
from athena_fhir_client.pace.state import Pace
from athena_fhir_client.pace.strategies import Strategy

SERVICE_SCOPE = "system/*.read"


class AthenaClient(Interactions):
    """A FHIR server, and how we talk to it. Threads may share one.

    Made by :meth:`from_env` and its siblings; calls are in :class:`.Connection` (requests) and
    :class:`~.fhir.interactions.Interactions` (FHIR).
    """

    @classmethod
    def from_client_credentials(
        cls,
        base_url: str,
        client_id: str,
        client_secret: str,
        scope: str = SERVICE_SCOPE,
        *,
        cache: Cache | None = None,
        **options: Any,
    ) -> Self:
        """A client of a service that has a secret; ``options`` are those of the class.

        The secret is sent in the header, or in the form where the server takes it there only.
        """
        client = cls(base_url, **options)
        return client.authenticate(client.secret(client_id, client_secret), ClientCredentials(scope), cache)

    @classmethod
    def from_private_key(
        cls,
        base_url: str,
        credentials: SignedAssertion,
        scope: str = SERVICE_SCOPE,
        *,
        cache: Cache | None = None,
        **options: Any,
    ) -> Self:
        """A client of a service that signs (SMART Backend Services)."""
        return cls(base_url, **options).authenticate(credentials, ClientCredentials(scope), cache)

    @classmethod
    def from_sign_in(
        cls, base_url: str, client_id: str, client_secret: str = "", *, cache: Cache, **options: Any
    ) -> Self:
        """A client for somebody who signed in, whose token is in ``cache``, or comes there: :mod:`.auth.sign_in`."""
        client = cls(base_url, **options)
        return client.authenticate(client.secret(client_id, client_secret), SignedIn(), cache)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **options: Any) -> Self:
        """A client as the environment configures it (:mod:`.configuration`): of a service with a secret or a key.

        Raises:
            ConfigurationError: something is missing; says what.
        """
        return cls.from_configuration(Configuration.from_environment(environ), **options)

    @classmethod
    def from_configuration(
        cls,
        configuration: Configuration,
        *,
        folder: Path | None = None,
        signed_in: bool = False,
        strategy: Strategy | str = Strategy.PACED,
        clock: Clock | None = None,
        **options: Any,
    ) -> Self:
        """A client as it is configured.

        Args:
            folder: tokens are kept there, and the pace is shared with all processes that do the same; None for neither.
            signed_in: for somebody who signed in, instead of a service.
            strategy: how requests are paced.
        """
        clock = clock or SystemClock()
        kept = _kept(configuration, folder, clock)
        pacer = Pacer(clock, Strategy(strategy), kept)
        client = cls(
            configuration.fhir_endpoint, **{"practice": configuration.practice, **options}, clock=clock, pacer=pacer
        )
        if not configuration.client_id:
            return client  # of an open server
        grant = SignedIn(configuration.scope) if signed_in else ClientCredentials(configuration.scope or SERVICE_SCOPE)
        cache = token_cache(configuration, folder, signed_in) if folder else MemoryCache()
        return client.authenticate(client.credentials_of(configuration), grant, cache)

    def authenticate(self, credentials: Credentials, grant: Grant, cache: Cache | None = None) -> Self:
        """Use these credentials from now on."""
        endpoint = TokenEndpoint(lambda: self.endpoints.token, self._post_form, credentials, self.clock)
        self._sender.auth = TokenAuth(self.base_url, endpoint, grant, cache)
        return self

    def secret(self, client_id: str, client_secret: str) -> Credentials:
        """Credentials with a secret, or of a public client if it is empty."""
        return (
            Secret(client_id, client_secret, lambda: self.endpoints.auth_methods)
            if client_secret
            else Public(client_id)
        )

    def credentials_of(self, configuration: Configuration) -> Credentials:
        """Key, secret or nothing, whichever is configured."""
        if configuration.private_key:
            return SignedAssertion.from_file(configuration.client_id, configuration.private_key, configuration.key_id)
        return self.secret(configuration.client_id, configuration.client_secret)


def token_cache(configuration: Configuration, folder: Path, signed_in: bool) -> FileCache:
    """The file of a token: one for each endpoint, client and scope; one for whoever signed in.

    A service's is also of its credentials, so that a wrong secret is refused and finds no token of the right one.
    """
    whose = ["signed in"]
    if not signed_in:
        credentials = (configuration.client_secret, str(configuration.private_key or ""), configuration.key_id)
        whose = [f"service {configuration.scope or SERVICE_SCOPE}", *credentials]
    return FileCache(folder / f"token-{name_of(configuration.fhir_endpoint, configuration.client_id, *whose)}.json")


def _kept(configuration: Configuration, folder: Path | None, clock: Clock) -> Kept:
    if folder is None:
        return InMemory()
    from athena_fhir_client.pace.shared_file import SharedFile

    kind = type(clock).__name__  # instants of different clocks cannot be compared
    name = name_of(configuration.fhir_endpoint, configuration.client_id, kind)
    return SharedFile(folder / f"pace-{name}", clock.monotonic, Pace())
