"""The browser, and the servers that nodes share, of tests that need them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.integration.chromium import PATIENCE, browser_at, path_or_skip
from tests.postgres_server import PostgresServer
from tests.valkey_server import ValkeyServer


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that the tests of a module share; until it is closed, no other test can run an event loop."""
    expect.set_options(timeout=PATIENCE)
    with browser_at(path_or_skip()) as browser:
        yield browser


@pytest.fixture(scope="module")
def node_options(postgres: PostgresServer, valkey: ValkeyServer) -> list[str]:
    """Of every node."""
    return ["--db", postgres.database(), "--counters", valkey.url, "--export-duration", "instant"]
