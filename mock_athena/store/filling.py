"""Fills a new store file: several times as fast as adding to one that is in use, since nobody else sees it yet.

Nothing is logged, nothing is synced and the indexes come last: whoever asks for a file has it whole or not at all, so a
half of one is worth nothing. https://www.sqlite.org/pragma.html
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mock_athena.garbage import without_collection
from mock_athena.store.arrivals import Load
from mock_athena.store.database import completed, laid_out

_TICK = 1000  # microseconds: the precision of the instants that we write

_PRAGMAS = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -262144",
)


@contextmanager
def filling(path: Path, now: int) -> Iterator[Load]:
    """What is taken by the load becomes the first commit of a store at ``path``, where nothing may be yet.

    Args:
        now: ``meta.lastUpdated`` of what brings none, in nanoseconds since 1970 UTC.
    """
    with without_collection(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        laid_out(connection)
        load = Load(connection, 1, max(now // 1000 // _TICK, 1) * _TICK)
        yield load
        load.finish()
        head = ((str(1), "seq"), (str(load.latest), "last_updated"))
        connection.executemany("UPDATE meta SET value = ? WHERE name = ?", head)
        completed(connection)
