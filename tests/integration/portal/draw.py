"""Draws the pictures of ``docs/portal.md``: ``python -m tests.integration.portal.draw FOLDER``."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.emulator import PATIENT, Emulators
from tests.integration.chromium import browser_at, found
from tests.integration.portal.application import STANDALONE, Application, running

PROVIDER, DESK, PHONE = "a-500001.Provider-1", {"width": 1100, "height": 760}, {"width": 390, "height": 760}
TALL = {"width": 1100, "height": 960}
LARGEST = 80_000

Go = Callable[[Page, Application], object]


def signed_in(page: Page, app: Application, username: str) -> None:
    """Sign in for the application."""
    page.goto(app.authorize_url(STANDALONE, prompt="login", login_hint=username))
    page.locator(f"button[value='{username}']").first.click()


def at_home(page: Page, app: Application) -> None:
    """Allow, and go home."""
    signed_in(page, app, PATIENT)
    page.locator("button[value=allow]").click()
    page.wait_for_url(app.callback + "?*")
    page.goto(app.emulator.origin + "/portal")
    page.locator("summary").first.click()


def launch(page: Page, app: Application) -> None:
    """The launch page, ready to start."""
    signed_in(page, app, PROVIDER)
    page.goto(f"{app.emulator.origin}/portal/launch?app={app.id}&patient={PATIENT}")
    page.locator("select").select_option(index=1)


def form(page: Page, app: Application) -> None:
    """The form that registers."""
    page.goto(app.emulator.origin + "/portal/developer/new")
    page.locator("#client_name").fill("My application")


def registered(page: Page, app: Application) -> None:
    """What it answers."""
    form(page, app)
    page.locator("button[value=save]").click()


PICTURES: dict[str, tuple[Go, dict[str, Any]]] = {
    "sign-in": (lambda page, app: page.goto(app.authorize_url()), {}),
    "choose-patient": (lambda page, app: signed_in(page, app, PROVIDER), {}),
    "consent": (lambda page, app: signed_in(page, app, PATIENT), {"viewport": TALL}),
    "consent-dark": (lambda page, app: signed_in(page, app, PATIENT), {"viewport": TALL, "color_scheme": "dark"}),
    "error": (lambda page, app: page.goto(app.authorize_url(redirect_uri="https://elsewhere.example/")), {}),
    "home": (at_home, {}),
    "launch": (launch, {}),
    "register": (form, {}),
    "registered": (registered, {}),
    "sign-in-phone": (lambda page, app: page.goto(app.authorize_url()), {"viewport": PHONE}),
}


def draw(browser: Browser, app: Application, name: str, path: Path) -> None:
    """One picture, with no more colours than it needs."""
    go, options = PICTURES[name]
    context = browser.new_context(**{"viewport": DESK, **options})
    page = context.new_page()
    go(page, app)
    page.screenshot(path=path)
    context.close()
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(200, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    assert path.stat().st_size < LARGEST, f"{path} has {path.stat().st_size} bytes"


def main(folder: Path) -> None:
    """Draw all of them."""
    browser_path = found()
    if browser_path is None:
        raise SystemExit("there is no Chromium on the PATH: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        emulators = Emulators(Path(made), Path(made))
        emulator = emulators.start("--start", "2026-11-02T09:00:00Z", "--clock", "manual")
        with running(emulator) as app, browser_at(browser_path) as browser:
            app.register("growth-chart", "Growth Chart")
            for name in PICTURES:
                draw(browser, app, name, folder / f"{name}.png")
        emulators.stop_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
