"""The clients that are known: those of files, which stay, and those registered while running, which a reset drops.

What was registered, changed or deleted while running lies in the state that processes share; a deletion leaves a mark,
so that a client of a file can be deleted as well.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mock_athena.auth.keys import refuse_unusable_keys
from mock_athena.auth.registration import ClientRegistration, parse_registration
from mock_athena.errors import ConfigurationError, ControlError, shortened
from mock_athena.profiles import MISSION, Profile
from mock_athena.settings import fixtures_dir
from mock_athena.state import State
from mock_athena.state.memory import MemoryState

CLIENTS_FILE = "clients.json"
_KIND = "client"
_DELETED: dict[str, Any] = {}
_TOLD_ONLY = "client_secret_expires_at"


class ClientRegistry:
    """Registered clients by ``client_id``; safe to use from several threads and processes."""

    def __init__(self, state: State | None = None, profile: Profile = MISSION) -> None:
        self._state = state or MemoryState()
        self._profile = profile
        self._from_files = _clients_of(fixtures_dir() / CLIENTS_FILE, parse_registration)
        # What was made of the latest metadata of a client, beside these.
        self._parsed: dict[str, tuple[dict[str, Any], ClientRegistration]] = {}

    def load_file(self, path: Path) -> None:
        """Register the clients of a JSON array; one of an earlier file is replaced by its namesake.

        Raises:
            ConfigurationError: the file cannot be read, is no array, or an entry is refused; names file and entry.
        """
        self._from_files |= _clients_of(path, self._checked)

    def register(self, metadata: object) -> ClientRegistration:
        """Register one client from decoded JSON; the same registration again is accepted as it is.

        Raises:
            ControlError: the metadata is refused (400), or the client_id belongs to another client (409).
        """
        client = self._refusing(metadata)
        known = self.get(client.client_id)
        if known is None:
            # A mark of deletion is no client.
            if self._state.get(_KIND, client.client_id) == _DELETED:
                self._state.delete(_KIND, client.client_id)
            known = client if self._state.add(_KIND, client.client_id, _kept(client)) else self.get(client.client_id)
        if known != client:
            message = (
                f"client_id {client.client_id!r} is registered with other metadata: choose another, or PUT to change"
            )
            raise ControlError(message, status=409)
        return client

    def update(self, client_id: str, metadata: Mapping[str, Any]) -> ClientRegistration:
        """Register a known client anew; without ``client_secret`` it keeps the one that it has.

        Raises:
            ControlError: there is none of that id (404), or the metadata is refused (400).
        """
        known = self.demand(client_id)
        if metadata.get("client_id", client_id) != client_id:
            message = f"client_id is {client_id!r} by the path, and cannot be changed: leave it out of the body"
            raise ControlError(message)
        given = {name: value for name, value in metadata.items() if name != _TOLD_ONLY} | {"client_id": client_id}
        client = self._refusing(given)
        if client.client_secret is not None and known.client_secret is not None and "client_secret" not in metadata:
            client = self._refusing(given | {"client_secret": known.client_secret})
        self._state.put(_KIND, client_id, _kept(client))
        return client

    def delete(self, client_id: str) -> ClientRegistration:
        """Forget a client; one of a file comes back with a reset or a restart without the state.

        Raises:
            ControlError: there is none of that id (404).
        """
        known = self.demand(client_id)
        if client_id in self._from_files:
            self._state.put(_KIND, client_id, _DELETED)
        else:
            self._state.delete(_KIND, client_id)
        return known

    def get(self, client_id: str) -> ClientRegistration | None:
        """The client of that id, if there is one."""
        kept = self._state.get(_KIND, client_id)
        return self._from_files.get(client_id) if kept is None else self._client(client_id, kept)

    def demand(self, client_id: str) -> ClientRegistration:
        """The client of that id.

        Raises:
            ControlError: there is none (404).
        """
        client = self.get(client_id)
        if client is None:
            message = f"no client {shortened(client_id, 100)!r} is registered"
            raise ControlError(message, status=404)
        return client

    def all(self) -> tuple[ClientRegistration, ...]:
        """All clients: those of files, then the others in the order of their registration."""
        kept = self._state.all(_KIND)
        found = dict(self._from_files) | {id: self._client(id, each) for id, each in kept.items()}
        return tuple(client for client in found.values() if client)

    def reset(self) -> None:
        """Forget what was registered, changed or deleted while running."""
        self._state.clear(_KIND)
        self._parsed = {}

    def _client(self, client_id: str, kept: dict[str, Any]) -> ClientRegistration | None:
        if kept == _DELETED:
            return None
        known = self._parsed.get(client_id)
        if known is None or known[0] != kept:
            known = self._parsed[client_id] = (kept, parse_registration(kept))
        return known[1]

    def _refusing(self, metadata: object) -> ClientRegistration:
        try:
            return self._checked(metadata)
        except ValueError as error:
            raise ControlError(str(error)) from error

    def _checked(self, metadata: object) -> ClientRegistration:
        client = parse_registration(metadata)
        if client.jwks is not None:
            refuse_unusable_keys(client.jwks)
        if self._profile.exclusive_legs and client.has_two_legs and client.has_three_legs:
            message = (
                "grant_types: an application has two legs (client_credentials) or three (authorization_code), not "
                "both: register one for each"
            )
            raise ValueError(message)
        return client


def _kept(client: ClientRegistration) -> dict[str, Any]:
    return {name: value for name, value in client.metadata().items() if name != _TOLD_ONLY}


def _clients_of(path: Path, parse: Callable[[object], ClientRegistration]) -> dict[str, ClientRegistration]:
    loaded: dict[str, ClientRegistration] = {}
    for position, metadata in enumerate(_array(path), start=1):
        try:
            client = parse(metadata)
        except ValueError as error:
            message = f"{path}: client {position}: {error}"
            raise ConfigurationError(message) from error
        if client.client_id in loaded:
            message = f"{path}: client {position}: client_id {client.client_id!r} is used twice"
            raise ConfigurationError(message)
        loaded[client.client_id] = client
    return loaded


def _array(path: Path) -> list[object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path}: the clients cannot be read: {error}"
        raise ConfigurationError(message) from error
    if not isinstance(content, list):
        message = f"{path}: expected a JSON array of clients (RFC 7591 metadata), not {type(content).__name__}"
        raise ConfigurationError(message)
    return content
