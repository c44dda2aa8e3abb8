"""The store that tests of it and of what is built upon it use: SQLite, or PostgreSQL where the environment says so.

``MOCK_ATHENA_TESTED_STORE=postgresql`` runs all of them over PostgreSQL; ``make test-all`` does it once more that way.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mock_athena.store import ResourceStore, files
from mock_athena.store.files import Maker, empty, open_temporary

TESTED = "MOCK_ATHENA_TESTED_STORE"


def over_postgres() -> bool:
    """Whether PostgreSQL is tested."""
    return os.environ.get(TESTED) == "postgresql"


def new_store() -> ResourceStore:
    """An empty store, gone when it is closed, or with the server."""
    if not over_postgres():
        return open_temporary()
    from tests.postgres_server import running

    return running().store()


@contextmanager
def poured() -> Iterator[None]:
    """Whatever an emulator would put into a file for as long as it runs is poured into PostgreSQL."""
    from mock_athena.store.postgres.filling import open_postgres
    from tests.postgres_server import running

    def opened(make: Maker = empty) -> ResourceStore:
        return open_postgres(running().url, f"test_{uuid.uuid4().hex[:12]}", "poured", make)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "open_temporary", opened)
        yield
