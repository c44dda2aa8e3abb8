"""Draws the pictures of ``docs/console.md``: ``python -m tests.integration.console.draw FOLDER``."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.emulator import PATIENT, Emulator, Emulators
from tests.integration.chromium import browser_at, found

DESK, TALL = {"width": 1200, "height": 800}, {"width": 1200, "height": 1250}
LARGEST = 110_000
DATA = "/console/data/production"

Go = Callable[[Page, Emulator], object]


def at(path: str) -> Go:
    """Go there."""
    return lambda page, shown: page.goto(shown.origin + path)


def inspected(page: Page, shown: Emulator) -> None:
    """A token that may read patients, asked about something else."""
    token = shown.register(client_id="my-app").token_response("system/Patient.rs")["access_token"]
    at("/console/oauth")(page, shown)
    page.locator("#token").fill(token)
    page.locator("#path").fill(f"/fhir/r4/Observation?patient={PATIENT}")
    page.get_by_role("button", name="Inspect").click()


def launched(page: Page, shown: Emulator) -> None:
    """An application that is ready to start."""
    about = {"client_name": "Growth Chart", "initiate_login_uri": "http://127.0.0.1:3000/launch"}
    shown.register(client_id="growth-chart", **about)
    at(f"/console/oauth?patient={PATIENT}")(page, shown)
    page.get_by_role("button", name="Launch").click()


PICTURES: dict[str, tuple[Go, dict[str, Any]]] = {
    "data": (at("/console/data"), {"viewport": TALL}),
    "resource": (at(f"{DATA}/DiagnosticReport/a-500001.clinicalresult-100005"), {"viewport": TALL}),
    "search": (at(f"{DATA}/Observation?name=code&value=8867-4&name=date&value=ge2020&do=more"), {"viewport": TALL}),
    "oauth": (inspected, {"viewport": TALL}),
    "launch": (launched, {}),
}


def draw(browser: Browser, shown: Emulator, name: str, path: Path) -> None:
    """One picture, with no more colours than it needs."""
    go, options = PICTURES[name]
    context = browser.new_context(**{"viewport": DESK, **options})
    page = context.new_page()
    go(page, shown)
    page.wait_for_load_state("networkidle")
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
        shown = emulators.start("--start", "2026-11-02T09:00:00Z", "--clock", "manual")
        with browser_at(browser_path) as browser:
            for name in PICTURES:
                draw(browser, shown, name, folder / f"{name}.png")
        emulators.stop_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
