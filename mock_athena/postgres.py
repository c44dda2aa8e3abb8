"""Connections to PostgreSQL: how they are made, shared by threads, and lost. https://www.psycopg.org/psycopg3/docs/"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import Connection as Wire
from psycopg.adapt import Buffer, Dumper
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from psycopg.types.string import ByteaBinaryLoader, StrDumperUnknown

from mock_athena.addresses import hidden, said
from mock_athena.errors import DataError, Unavailable

MOST = 8
"""Connections of one environment of one node; https://wiki.postgresql.org/wiki/Number_Of_Database_Connections."""

_PATIENCE = 5  # seconds until a server that does not answer is given up
_GIVEN: dict[str, Any] = {
    "connect_timeout": _PATIENCE,
    "application_name": "mock-athena",
    "client_encoding": "utf8",
}
_OPTIONS = (
    # Whoever waits for another node to finish its commit does so this long.
    ("lock_timeout", "20s"),
    # A node that stops in the middle of a commit keeps all others waiting.
    ("idle_in_transaction_session_timeout", "20s"),
    # A machine that is gone says nothing: its commit is undone after half a minute.
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "4"),
)


LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What psycopg raises when there is no answer."""

T = TypeVar("T")


class _Name(StrDumperUnknown):
    """A text; the character that PostgreSQL does not take becomes the one that stands for what cannot be shown."""

    def dump(self, obj: str) -> Buffer | None:
        """See :class:`Dumper`."""
        return obj.replace("\0", "\ufffd").encode() if "\0" in obj else obj.encode()


class _Body(Dumper):
    """A body: UTF-8 already."""

    oid = psycopg.adapters.types["text"].oid

    def dump(self, obj: bytes) -> Buffer | None:
        """See :class:`Dumper`."""
        return obj


def adapt(wire: "Wire[Any]") -> None:
    """Names are texts and bodies are bytes; every number has one type, so that a statement is prepared once."""
    for number in (Int8Dumper, Int8BinaryDumper):
        wire.adapters.register_dumper(int, number)
    wire.adapters.register_dumper(str, _Name)
    wire.adapters.register_dumper(bytes, _Body)
    wire.adapters.register_loader("text", ByteaBinaryLoader)


def connected(url: str, space: str = "") -> "Wire[Any]":
    """A connection to the schema ``space`` of a database.

    Raises:
        DataError: the URL is none. psycopg.OperationalError: there is no answer.
    """
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS)
    if space:
        options += f" -c search_path={space}"
    try:
        given: dict[str, Any] = {**conninfo_to_dict(url)}
    except psycopg.ProgrammingError as error:
        message = f"db: {hidden(url)} is no address of a database ({said(url, error)}); expected postgresql://USER@HOST/DATABASE"
        raise DataError(message) from None
    given = {**_GIVEN, **given}
    given["options"] = f"{options} {given.get('options') or ''}".strip()
    wire: Wire[Any] = psycopg.connect(make_conninfo(**given), autocommit=True, prepare_threshold=2)
    wire.prepared_max = 500
    adapt(wire)
    return wire


def unavailable(url: str, error: Exception) -> Unavailable:
    """What a request is told while the database does not answer."""
    message = "the data cannot be reached for the moment; try again, as nothing was half written"
    return Unavailable(message, reason=f"{hidden(url)}: {said(url, error)}", headers=(("Retry-After", "1"),))


class Pool:
    """Up to ``most`` connections, opened when they are needed; the one used last is used next."""

    def __init__(self, url: str, space: str, most: int = MOST) -> None:
        self.url = url
        self._space = space
        self._places = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._idle: list[Wire[Any]] = []
        self._closed = False

    @contextmanager
    def borrowed(self) -> Iterator["Wire[Any]"]:
        """A connection, for whoever is in the block.

        Raises:
            psycopg.OperationalError: there is no answer.
        """
        with self._places:
            with self._lock:
                wire = self._idle.pop() if self._idle else None
            wire = wire or connected(self.url, self._space)
            try:
                yield wire
            finally:
                self._given_back(wire)

    @contextmanager
    def begun(self) -> Iterator["Wire[Any]"]:
        """A connection with a transaction; what whoever is in the block does not commit is undone.

        Raises:
            psycopg.OperationalError: there is no answer.
        """
        with self.borrowed() as wire:
            if self._begins(wire):
                with _undone(wire):
                    yield wire
                return
        with self.borrowed() as wire:
            wire.execute("BEGIN")
            with _undone(wire):
                yield wire

    def _begins(self, wire: "Wire[Any]") -> bool:
        """Whether a transaction was begun; not over a connection that was lost before."""
        try:
            wire.execute("BEGIN")
        except LOST:
            if not wire.closed:
                raise
            self.forget()
            return False
        return True

    def run(self, run: "Callable[[Wire[Any]], T]") -> T:
        """What is answered over a connection; one that was lost before is replaced, once."""
        with self.borrowed() as wire:
            try:
                return run(wire)
            except LOST:
                if not wire.closed:
                    raise
                self.forget()
        with self.borrowed() as wire:
            return run(wire)

    def forget(self) -> None:
        """Close what is not borrowed: the server was lost, and each of them with it."""
        with self._lock:
            idle, self._idle = self._idle, []
        for wire in idle:
            wire.close()

    def close(self) -> None:
        """Close all; those that are borrowed, when they are given back."""
        self._closed = True
        self.forget()

    def _given_back(self, wire: "Wire[Any]") -> None:
        if wire.closed or self._closed or wire.info.transaction_status:
            wire.close()
            return
        with self._lock:
            self._idle.append(wire)


@contextmanager
def _undone(wire: "Wire[Any]") -> Iterator[None]:
    """If that cannot be said any more, the server does it by itself."""
    try:
        yield
    finally:
        if not wire.closed and wire.info.transaction_status:
            try:
                wire.rollback()
            except psycopg.Error:
                wire.close()


def query(text: str) -> Any:
    """Our own text: psycopg takes only literals, unless it is told otherwise."""
    return text
