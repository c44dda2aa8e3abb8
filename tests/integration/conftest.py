"""The browser of tests that need one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.integration.chromium import PATIENCE, browser_at, path_or_skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that the tests of a module share; until it is closed, no other test can run an event loop."""
    expect.set_options(timeout=PATIENCE)
    with browser_at(path_or_skip()) as browser:
        yield browser
