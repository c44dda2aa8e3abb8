"""Connections to PostgreSQL that stand for one of SQLite each: https://www.psycopg.org/psycopg3/docs/.

A statement borrows a connection while it runs, so that a few do for many threads; a transaction keeps its own. Rows
come whole: nobody holds a statement open while its reader is slow. What is lost between two statements is found again;
what is lost within a transaction is undone there, and refused here.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection as Wire
from psycopg.adapt import Buffer, Dumper
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from psycopg.types.string import ByteaBinaryLoader, StrDumperUnknown

from mock_athena.errors import DataError, Unavailable
from mock_athena.store.driver import Asked, Question
from mock_athena.store.postgres.spelling import Spelled, spelled

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
        message = f"db: {hidden(url)} is no address of a database ({error}); expected postgresql://USER@HOST/DATABASE"
        raise DataError(message) from None
    given = {**_GIVEN, **given}
    given["options"] = f"{options} {given.get('options') or ''}".strip()
    wire: Wire[Any] = psycopg.connect(make_conninfo(**given), autocommit=True, prepare_threshold=2)
    wire.prepared_max = 500
    adapt(wire)
    return wire


def hidden(url: str) -> str:
    """A URL without the password that may be in it."""
    scheme, slashes, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{place.partition('?')[0]}"


def lost(url: str, error: Exception) -> Unavailable:
    """What a request is told while the database does not answer."""
    message = "the data cannot be reached for the moment; try again, as nothing was half written"
    return Unavailable(message, reason=f"{hidden(url)}: {error}".strip(), headers=(("Retry-After", "1"),))


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


class PostgresDatabase:
    """See :class:`~mock_athena.store.driver.AnyDatabase`.

    Args:
        url: of a database that was filled (:mod:`~mock_athena.store.postgres.filling`).
        space: the schema in which the tables are.
    """

    def __init__(self, url: str, space: str) -> None:
        self.pool = Pool(url, space)
        self._local = threading.local()

    def connection(self) -> "Connection":
        """See :meth:`AnyDatabase.connection`."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self.pool)
        return connection

    @contextmanager
    def writing(self) -> Iterator["Connection"]:
        """See :meth:`AnyDatabase.writing`."""
        connection = self.connection()
        with connection.transaction():
            yield connection

    @contextmanager
    def turn(self, key: int) -> Iterator[None]:
        """Nobody else in the world has the turn of this key until the transaction in the block has ended."""
        connection = self.connection()
        with connection.held():
            connection.begin("SELECT pg_advisory_xact_lock(%s)", key)
            yield

    def compact(self) -> None:
        """See :meth:`AnyDatabase.compact`."""
        self.connection().execute("VACUUM ANALYZE")

    def close(self) -> None:
        """See :meth:`AnyDatabase.close`."""
        self.pool.close()


class Connection:
    """One thread's way to the database: statements as SQLite says them, over whichever connection is free.

    Attributes:
        asked: see :class:`~mock_athena.store.driver.AsksBodies`.
    """

    def __init__(self, pool: Pool) -> None:
        self.asked: dict[int, Question] = {}
        self._pool = pool
        self._own: Wire[Any] | None = None
        self._begun = False

    def execute(self, text: str, values: Any = (), /) -> psycopg.Cursor[Any]:
        """Run a statement, with values by place or by name; its rows are there when this returns.

        Raises:
            Unavailable: the server does not answer.
        """
        one = spelled(text)
        if one.conditions or one.sorts:
            values = self._answered(one, values)
        elif one.numbered:
            values = {f"p{place}": value for place, value in enumerate(values, 1)}
        rows: psycopg.Cursor[Any] = self._run(lambda wire: wire.execute(query(one.text), values or None, binary=True))
        return rows

    def executemany(self, text: str, values: Iterable[Any], /) -> None:
        """Run a statement for each of several values.

        Raises:
            Unavailable: as :meth:`execute`.
        """
        told = query(spelled(text).text)

        def run(wire: "Wire[Any]") -> None:
            with wire.cursor() as cursor:
                cursor.executemany(told, values)

        self._run(run)

    @contextmanager
    def held(self) -> Iterator[None]:
        """One connection for everything in the block."""
        if self._own:
            yield
            return
        try:
            with self._pool.borrowed() as wire:
                self._own = wire
                yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise self._lost(error) from error
        finally:
            self._own, self._begun = None, False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction, or the rest of the one that was begun: committed at the end, undone if an error leaves it."""
        with self.held():
            if not self._begun:
                self.begin()
            try:
                yield
                self._end("COMMIT")
            except BaseException:
                self._undo()
                raise

    def begin(self, first: str = "", *values: Any) -> None:
        """Begin a transaction, with a statement that waits for the turn."""
        self._run(lambda wire: wire.execute("BEGIN"))
        self._begun = True
        if first:
            self._run(lambda wire: wire.execute(query(first), values))

    def _end(self, how: str) -> None:
        self._begun = False
        self._run(lambda wire: wire.execute(query(how)))

    def _undo(self) -> None:
        """If that cannot be said any more, the server does it by itself."""
        self._begun = False
        if self._own and not self._own.closed:
            try:
                self._own.rollback()
            except psycopg.Error:
                self._own.close()

    def _run(self, run: "Callable[[Wire[Any]], Any]") -> Any:
        """What a statement answers. Outside of a transaction it is tried again with another connection, once."""
        try:
            if self._own:
                return run(self._own)
            return self._borrowing(run)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise self._lost(error) from error
        except psycopg.DataError as error:
            message = f"cannot be stored: {error.diag.message_primary or error}"
            raise DataError(message) from error

    def _borrowing(self, run: "Callable[[Wire[Any]], Any]") -> Any:
        with self._pool.borrowed() as wire:
            try:
                return run(wire)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if not wire.closed:
                    raise
                self._pool.forget()
        with self._pool.borrowed() as wire:
            return run(wire)

    def _lost(self, error: Exception) -> Unavailable:
        self._pool.forget()
        return lost(self._pool.url, error)

    def _answered(self, one: Spelled, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, with what is asked of bodies answered: those that meet it, or in which order they are."""
        found = dict(values)
        for name in dict.fromkeys((*one.conditions, *one.sorts)):
            question = self.asked[found[name]]
            keys = self._answers(question, values)
            met = [vk for vk, answer in keys if answer]
            found[name] = met if name in one.conditions else _ranked(keys)
        return found

    def _answers(self, question: Question, values: Mapping[str, Any]) -> list[tuple[int, Any]]:
        text = f"SELECT v.vk, v.body FROM version AS v WHERE v.vk IN (SELECT d.vk {question.among})"
        answer: Asked = question.answer
        return [(vk, answer(body)) for vk, body in self.execute(text, values)]


def query(text: str) -> Any:
    """Our own text: psycopg takes only literals, unless it is told otherwise."""
    return text


def _ranked(answers: list[tuple[int, Any]]) -> str:
    """From keys to places in SQLite's order, as JSON: numbers before texts, texts by their bytes, nothing nowhere."""
    known = {answer for _, answer in answers if answer is not None}
    order = sorted(known, key=lambda each: (isinstance(each, str), each))
    places = {each: place for place, each in enumerate(order)}
    return json.dumps({vk: places[answer] for vk, answer in answers if answer is not None})
