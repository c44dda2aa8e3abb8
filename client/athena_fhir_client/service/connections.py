"""Connections: each a server, whose data, and a token that is kept fresh and kept on disk.

All of one application share its quota, so they share a pace.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock

from athena_fhir_client.auth.cache import Cache, MemoryCache
from athena_fhir_client.auth.endpoint import TokenEndpoint
from athena_fhir_client.auth.grants import ClientCredentials, Grant, SignedIn
from athena_fhir_client.auth.token import Token
from athena_fhir_client.client import AthenaClient
from athena_fhir_client.clock import Clock
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import AuthError
from athena_fhir_client.libraries import filelock
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.service.errors import ConnectionExpired
from athena_fhir_client.service.records import ConnectionRecord, Kind
from athena_fhir_client.service.store import Store

_OVER = ("invalid_grant", "login_required")
_LOCKS = "locks"


@dataclass(frozen=True, slots=True)
class Connection:
    """What a caller needs to ask a server itself.

    Attributes:
        access_token: good at least for the next moment.
        user_id: the patient that the connection is about; empty if it is about all.
    """

    id: str
    fhir_endpoint: str
    access_token: str = field(repr=False)
    user_id: str


@contextmanager
def expiring(id: str) -> Iterator[None]:
    """Says of a sign-in that has ended which connection it was, and what to do."""
    try:
        yield
    except AuthError as error:
        if error.error not in _OVER:
            raise
        message = f"the sign-in of connection {id} has ended ({error}); connect again"
        raise ConnectionExpired(message) from error


class _StoredToken:
    """Where a connection's token is kept between requests, processes and starts (see :class:`.auth.cache.Cache`)."""

    def __init__(self, store: Store, id: str) -> None:
        self._store, self._id = store, id

    @contextmanager
    def locked(self) -> Iterator[None]:
        folder = self._store.folder / _LOCKS
        folder.mkdir(exist_ok=True)
        with filelock.FileLock(str(folder / f"{re.sub(r'[^A-Za-z0-9_-]', '_', self._id)}.lock")):
            yield

    def read(self) -> Token | None:
        return self._store.connection(self._id).token

    def write(self, token: Token) -> None:
        self._store.put_token(self._id, token)

    def clear(self) -> None:
        self._store.put_token(self._id, None)


class Connections:
    """All connections of one application.

    Args:
        configuration: how it presents itself to the authorization server.
    """

    def __init__(self, store: Store, configuration: Configuration, clock: Clock) -> None:
        self._store, self._configuration, self._clock = store, configuration, clock
        self._clients: dict[str, AthenaClient] = {}
        self._servers: dict[str, AthenaClient] = {}
        self._paces: dict[str, Pacer] = {}
        self._lock = RLock()

    def add(
        self, kind: Kind, fhir_endpoint: str, scope: str, *, token: Token | None, user_id: str, id: str = ""
    ) -> str:
        """A new connection; its id."""
        id = id or f"conn_{secrets.token_hex(8)}"
        self._store.put_connection(
            ConnectionRecord(id, kind, fhir_endpoint.rstrip("/"), user_id, scope, self._clock.now(), token)
        )
        return id

    def get(self, id: str) -> Connection:
        """A connection with a token that is fresh.

        Raises:
            ConnectionNotFound, ConnectionExpired, AuthError.
        """
        client = self.client(id)
        with expiring(id):
            token = client.token_auth.token()
        known = self._store.connection(id)
        return Connection(id, known.fhir_endpoint, token.access_token, known.user_id)

    def client(self, id: str) -> AthenaClient:
        """The client of a connection; the same for all who ask.

        Raises:
            ConnectionNotFound: none of this id.
        """
        known = self._store.connection(id)
        with self._lock:
            if id not in self._clients:
                self._clients[id] = self._made(known)
            return self._clients[id]

    def remove(self, id: str) -> None:
        """Forget a connection and everything about it."""
        self._store.remove_connection(id)
        with self._lock:
            client = self._clients.pop(id, None)
        if client:
            client.close()

    def token_endpoint(self, fhir_endpoint: str) -> TokenEndpoint:
        """Where the tokens of a server come from, for this application."""
        return self.server(fhir_endpoint).token_auth.endpoint

    def server(self, fhir_endpoint: str) -> AthenaClient:
        """A server, before anybody signed in."""
        base = fhir_endpoint.rstrip("/")
        with self._lock:
            if base not in self._servers:
                self._servers[base] = self._authenticated(base, SignedIn(), MemoryCache())
            return self._servers[base]

    def close(self) -> None:
        """Close all connections to servers."""
        with self._lock:
            for client in [*self._clients.values(), *self._servers.values()]:
                client.close()
            self._clients.clear()
            self._servers.clear()

    def _made(self, known: ConnectionRecord) -> AthenaClient:
        grant: Grant = ClientCredentials(known.scope) if known.kind == "client" else SignedIn(known.scope)
        return self._authenticated(known.fhir_endpoint, grant, _StoredToken(self._store, known.id))

    def _authenticated(self, base: str, grant: Grant, cache: Cache) -> AthenaClient:
        pacer = self._paces.setdefault(base, Pacer(self._clock))
        practice = self._configuration.practice
        client = AthenaClient(base, clock=self._clock, pacer=pacer, practice=practice)
        return client.authenticate(client.credentials_of(self._configuration), grant, cache)
