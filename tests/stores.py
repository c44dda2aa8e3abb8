"""The store that tests of it and of what is built upon it use: SQLite, or PostgreSQL where the environment says so.

``MOCK_ATHENA_TESTED_STORE=postgresql`` runs all of them over PostgreSQL; ``make test-all`` does it once more that way.
"""

import os

from mock_athena.store import ResourceStore
from mock_athena.store.files import open_temporary

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
