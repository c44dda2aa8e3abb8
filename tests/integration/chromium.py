"""Debian's Chromium, driven by Playwright: it is looked for on the machine and never downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE = 30_000  # milliseconds: the machine may be busy with other tests
NAMES = ("chromium", "chromium-browser", "google-chrome")
# A user namespace is not always there, in containers least of all; only pages of ours are opened.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
)


def found() -> str | None:
    """Where the browser is."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def path_or_skip() -> str:
    """Where the browser is; without one, tests are skipped, and fail in CI."""
    path = found()
    if path is None:
        reason = f"needs a browser: none of {', '.join(NAMES)} is on the PATH (apt-get install chromium)"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@contextmanager
def browser_at(path: str) -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield browser
        browser.close()


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
