"""What the store asks of a database: statements as SQLite says them, rows, and one transaction at a time.

:mod:`~mock_athena.store.database` is SQLite itself; :mod:`~mock_athena.store.postgres` says the same to PostgreSQL.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

# What an SQL function of ours answers of a body.
Asked = Callable[[bytes], str | int | float | None]


class Question(NamedTuple):
    """What is asked of bodies while a statement runs.

    Attributes:
        answer: of one body.
        among: ``FROM … WHERE …`` whose ``d`` are, at least, all versions of which it is asked.
    """

    answer: Asked
    among: str


class Rows(Protocol):
    """The rows that a statement answers, as far as they were not fetched."""

    @property
    def rowcount(self) -> int:
        """How many it changed."""
        ...

    def fetchone(self) -> Any:
        """The next; None at the end."""
        ...

    def fetchmany(self, size: int, /) -> list[Any]:
        """The next few."""
        ...

    def fetchall(self) -> list[Any]:
        """All."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """One after another."""
        ...


class Runs(Protocol):
    """What runs statements: a connection of SQLite, or what stands for one of PostgreSQL."""

    def execute(self, text: str, values: Any = ..., /) -> Rows:
        """Run a statement of SQLite, with values by place or by name."""
        ...

    def executemany(self, text: str, values: Iterable[Any], /) -> Any:
        """Run one for each of several values."""
        ...


class AsksBodies(Runs, Protocol):
    """What runs statements that ask something of bodies."""

    @property
    def asked(self) -> dict[int, Question]:
        """What ``asked(number, body)`` asks, by number, while a statement runs."""
        ...


class AnyDatabase(Protocol):
    """Where the tables of :mod:`mock_athena.store.schema` are; several threads may use it."""

    def connection(self) -> AsksBodies:
        """This thread's connection; what is written goes through :meth:`writing`."""
        ...

    def writing(self) -> AbstractContextManager[Runs]:
        """A transaction that is committed at the end, or undone if an error leaves the block."""
        ...

    def compact(self) -> None:
        """Lay everything out in order."""
        ...

    def close(self) -> None:
        """Close every connection, of whatever thread."""
        ...
