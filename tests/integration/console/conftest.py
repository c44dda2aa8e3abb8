"""An emulator whose console is open in Chromium, and pages that must not complain."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.emulator import Emulator, Emulators
from tests.integration.chromium import PATIENCE, Complaints


@pytest.fixture(scope="session")
def shown(emulators: Emulators) -> Emulator:
    """The emulator of these tests, which share it one after the other: nothing is to be left broken or moved."""
    return emulators.start()


@pytest.fixture
def page(chromium: Browser, shown: Emulator) -> Iterator[Page]:
    """A new browser window, without cookies."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints = Complaints(page, (shown.origin,))
    yield page
    context.close()
    assert complaints == []
