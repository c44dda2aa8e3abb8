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

from mock_athena.errors import DataError, Unavailable
from mock_athena.postgres import LOST, Pool, query, unavailable
from mock_athena.store.driver import Asked, Question
from mock_athena.store.postgres.spelling import TABLES, Spelled, spelled


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
            connection.execute("SELECT pg_advisory_xact_lock(?)", (key,))
            yield

    def compact(self) -> None:
        """See :meth:`AnyDatabase.compact`."""
        self.connection().execute(f"VACUUM ANALYZE {', '.join(TABLES)}")

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

    def execute(self, text: str, values: Any = (), /) -> psycopg.Cursor[Any]:
        """Run a statement, with values by place or by name; its rows are there when this returns.

        Raises:
            Unavailable: the server does not answer.
        """
        one = spelled(text)
        if one.conditions or one.sorts:
            values = self._answered(one, values)
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
        """One connection for everything in the block, in a transaction."""
        if self._own:
            yield
            return
        try:
            with self._pool.begun() as wire:
                self._own = wire
                yield
        except LOST as error:
            raise self._lost(error) from error
        finally:
            self._own = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done in the block is committed at its end, or undone if an error leaves it."""
        with self.held():
            try:
                yield
            except BaseException:
                self._run(_undo)
                raise
            self._run(lambda wire: wire.commit())

    def _run(self, run: "Callable[[Wire[Any]], Any]") -> Any:
        """What a statement answers. Outside of a transaction it is tried again with another connection, once."""
        try:
            return run(self._own) if self._own else self._pool.run(run)
        except LOST as error:
            raise self._lost(error) from error
        except psycopg.DataError as error:
            message = f"cannot be stored: {error.diag.message_primary or error}"
            raise DataError(message) from error

    def _lost(self, error: Exception) -> Unavailable:
        self._pool.forget()
        return unavailable(self._pool.url, error)

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


def _undo(wire: "Wire[Any]") -> None:
    if not wire.closed:
        wire.rollback()


def _ranked(answers: list[tuple[int, Any]]) -> str:
    """From keys to places in SQLite's order, as JSON: numbers before texts, texts by their bytes, nothing nowhere."""
    known = {answer for _, answer in answers if answer is not None}
    order = sorted(known, key=lambda each: (isinstance(each, str), each))
    places = {each: place for place, each in enumerate(order)}
    return json.dumps({vk: places[answer] for vk, answer in answers if answer is not None})
