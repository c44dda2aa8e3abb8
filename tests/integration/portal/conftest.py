"""A browser, an application on another origin, and pages that must not complain."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.emulator import Emulator
from tests.integration.portal.application import Application, running
from tests.integration.portal.chromium import browser_at, path_or_skip

PATIENCE = 30_000  # milliseconds: the machine may be busy with other tests


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that the tests of a module share; until it is closed, no other test can run an event loop."""
    expect.set_options(timeout=PATIENCE)
    with browser_at(path_or_skip()) as browser:
        yield browser


@pytest.fixture(scope="session")
def application(emulator: Emulator) -> Iterator[Application]:
    """A registered application on another origin."""
    with running(emulator) as app:
        app.register("growth-chart", "Growth Chart")
        yield app


class Complaints(list[str]):
    """What the browser held against a page: violations of the policy, scripts that failed, requests elsewhere."""

    def __init__(self, page: Page, own: tuple[str, ...]) -> None:
        super().__init__()
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", lambda request: None if request.url.startswith(own) else self._note(request.url))

    def _note(self, text: str) -> None:
        if "the server responded with a status of" not in text:
            self.append(text)


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
