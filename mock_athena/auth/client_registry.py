"""The clients that are known: those of files, which stay, and those registered while running, which a reset drops."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mock_athena.auth.keys import refuse_unusable_keys
from mock_athena.auth.registration import ClientRegistration, parse_registration
from mock_athena.errors import ConfigurationError, ControlError
from mock_athena.settings import fixtures_dir

CLIENTS_FILE = "clients.json"


class ClientRegistry:
    """Registered clients by ``client_id``; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._from_files: dict[str, ClientRegistration] = {}
        self._clients: Mapping[str, ClientRegistration] = {}
        self._add(_clients_of(fixtures_dir() / CLIENTS_FILE, parse_registration))

    def load_file(self, path: Path) -> None:
        """Register the clients of a JSON array; one of an earlier file is replaced by its namesake.

        Raises:
            ConfigurationError: the file cannot be read, is no array, or an entry is refused; names file and entry.
        """
        self._add(_clients_of(path, _parsed_and_tried))

    def register(self, metadata: object) -> ClientRegistration:
        """Register one client from decoded JSON; the same registration again is accepted as it is.

        Raises:
            ControlError: the metadata is refused (400), or the client_id belongs to another client (409).
        """
        try:
            client = _parsed_and_tried(metadata)
        except ValueError as error:
            raise ControlError(str(error)) from error
        with self._lock:
            known = self._clients.get(client.client_id, client)
            if known != client:
                message = f"client_id {client.client_id!r} is registered with other metadata: choose another"
                raise ControlError(message, status=409)
            self._clients = {**self._clients, client.client_id: client}
        return client

    def update(self, client_id: str, metadata: Mapping[str, Any]) -> ClientRegistration:
        """Register a known client anew.

        Raises:
            ControlError: the metadata is refused (400), or there is no client of that id (404).
        """
        try:
            client = _parsed_and_tried({**metadata, "client_id": client_id})
        except ValueError as error:
            raise ControlError(str(error)) from error
        with self._lock:
            if client_id not in self._clients:
                message = f"no client {client_id!r} is registered"
                raise ControlError(message, status=404)
            self._clients = {**self._clients, client_id: client}
        return client

    def delete(self, client_id: str) -> None:
        """Forget a client, until the next reset."""
        with self._lock:
            self._clients = {id: client for id, client in self._clients.items() if id != client_id}

    def get(self, client_id: str) -> ClientRegistration | None:
        """The client of that id, if there is one."""
        return self._clients.get(client_id)

    def all(self) -> tuple[ClientRegistration, ...]:
        """All clients, in the order of their registration."""
        return tuple(self._clients.values())

    def reset(self) -> None:
        """Forget what was registered while running."""
        with self._lock:
            self._clients = dict(self._from_files)

    def _add(self, loaded: Mapping[str, ClientRegistration]) -> None:
        with self._lock:
            self._from_files |= loaded
            self._clients = {**self._clients, **loaded}


def _parsed_and_tried(metadata: object) -> ClientRegistration:
    client = parse_registration(metadata)
    if client.jwks is not None:
        refuse_unusable_keys(client.jwks)
    return client


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
