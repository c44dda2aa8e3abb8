"""Pours a store file into a schema of PostgreSQL, all of it or nothing.

So what is loaded, checked and indexed stays one thing, whoever keeps it. Of several nodes that start at once, one
pours; the others wait until it has, and find it. https://www.postgresql.org/docs/current/populate.html
"""

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection as Wire
from psycopg import sql

from mock_athena.addresses import hidden, said
from mock_athena.errors import DataError
from mock_athena.postgres import connected, query
from mock_athena.store import files, schema
from mock_athena.store.postgres.database import PostgresDatabase
from mock_athena.store.postgres.resources import PostgresResourceStore, turn_key
from mock_athena.store.postgres.spelling import TABLES, indexes, tables


def open_postgres(url: str, space: str, contents: str, make: files.Maker) -> PostgresResourceStore:
    """The store in the schema ``space`` of a database, filled by what ``make`` writes if there is none yet.

    Args:
        contents: what it is to hold, in words: nodes that were told otherwise are refused.

    Raises:
        DataError: no database can be reached there, it holds something else, or as ``make`` does.
    """
    try:
        with closing(connected(url, space)) as wire:
            _require_utf8(wire, url)
            if not _found(wire, space):
                _pour(wire, space, contents, make)
            _check(wire, url, space, contents)
    except psycopg.Error as error:
        message = f"db: {hidden(url)} cannot be used: {said(url, error)}"
        raise DataError(message) from None
    return PostgresResourceStore(PostgresDatabase(url, space), space)


def _require_utf8(wire: "Wire[Any]", url: str) -> None:
    (encoding,) = _one(wire, "SELECT current_setting('server_encoding')")
    if encoding != "UTF8":
        message = f"db: {hidden(url)} is encoded as {encoding}; make a database WITH ENCODING 'UTF8' TEMPLATE template0"
        raise DataError(message)


def _found(wire: "Wire[Any]", space: str) -> bool:
    return _one(wire, "SELECT to_regclass(%s) IS NOT NULL", f"{space}.meta")[0] is True


def _pour(wire: "Wire[Any]", space: str, contents: str, make: files.Maker) -> None:
    with ExitStack() as stack:
        path = files.temporary(stack, make)
        with wire.transaction():
            wire.execute("SET LOCAL lock_timeout = 0")  # another node may be pouring millions
            wire.execute("SELECT pg_advisory_xact_lock(%s)", (turn_key(space),))
            if not _found(wire, space):
                _fill(wire, space, contents, path)
        wire.execute(query(f"VACUUM ANALYZE {', '.join(TABLES)}"))


def _fill(wire: "Wire[Any]", space: str, contents: str, path: Path) -> None:
    wire.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(space)))
    _each(wire, tables())
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        for table in TABLES:
            _copy(wire, table, file.execute(f"SELECT * FROM {table}"))
        meta = dict(file.execute("SELECT name, value FROM meta").fetchall())
        (last,) = file.execute("SELECT coalesce(max(vk), 0) FROM version").fetchone()
    first = {"first_seq": meta["seq"], "first_updated": meta["last_updated"], "first_vk": str(last)}
    _copy(wire, "meta", (meta | first | {"rewound_at": meta["seq"], "contents": contents}).items())
    _each(wire, indexes())


def _each(wire: "Wire[Any]", statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        wire.execute(query(statement))


def _copy(wire: "Wire[Any]", table: str, rows: Iterable[Any]) -> None:
    with wire.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
        for row in rows:
            copy.write_row(row)


def _check(wire: "Wire[Any]", url: str, space: str, contents: str) -> None:
    meta = dict(wire.execute("SELECT name, value FROM meta", binary=True).fetchall())
    if meta.get("schema") != schema.layout():
        found = meta.get("schema", "unknown")
        message = (
            f"db: {hidden(url)}: schema {space} was made for layout {found}, expected {schema.layout()}; all nodes "
            f"must be of one version: stop them, drop the schema ({_drop(space)}), and the next start fills it again"
        )
        raise DataError(message)
    if meta.get("contents") != contents:
        message = (
            f"db: {hidden(url)}: schema {space} was filled with {meta.get('contents')}, and this node was asked for "
            f"{contents}; start all nodes with the same options, or drop the schema ({_drop(space)})"
        )
        raise DataError(message)


def _drop(space: str) -> str:
    return f'DROP SCHEMA "{space}" CASCADE'


def _one(wire: "Wire[Any]", text: str, *values: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] = wire.execute(query(text), values or None).fetchone() or ()
    return row
