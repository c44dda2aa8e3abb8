"""An application on another origin, and pages that must not complain."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.emulator import Emulator
from tests.integration.chromium import PATIENCE, Complaints
from tests.integration.portal.application import Application, running


@pytest.fixture(scope="session")
def application(emulator: Emulator) -> Iterator[Application]:
    """A registered application on another origin."""
    with running(emulator) as app:
        app.register("growth-chart", "Growth Chart")
        yield app


@pytest.fixture
def options() -> dict[str, Any]:
    """How the browser is set up; a module overrides it."""
    return {}


@pytest.fixture
def page(chromium: Browser, application: Application, options: dict[str, Any]) -> Iterator[Page]:
    """A new browser window, without cookies."""
    context = chromium.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints = Complaints(page, (application.emulator.origin, application.origin))
    yield page
    context.close()
    assert complaints == []
