"""Pictures of pages for the documentation, drawn by Chromium."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.emulator import Emulator, Emulators
from tests.integration.chromium import browser_at, found

DESK, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 760}
LARGEST = 80_000

Place = TypeVar("Place")
Pictures = Mapping[str, tuple[Callable[[Page, Place], object], dict[str, Any]]]
"""Name → how to come there, and options of the browser's context."""


def draw(pictures: Pictures[Place], begin: Callable[[Emulator, Browser], AbstractContextManager[Place]]) -> None:
    """Draw all into the folder that the command line names. The clock stands, so that the same code draws the same.

    Args:
        begin: makes what the pictures show in a new emulator.
    """
    folder, browser_path = Path(sys.argv[1]), found()
    if browser_path is None:
        raise SystemExit("there is no Chromium on the PATH: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with _emulator() as emulator, browser_at(browser_path) as browser, begin(emulator, browser) as place:
        for name, (go, options) in pictures.items():
            context = browser.new_context(**{"viewport": DESK, **options})
            page = context.new_page()
            go(page, place)
            _shot(page, folder / f"{name}.png")
            context.close()


@contextmanager
def _emulator() -> Iterator[Emulator]:
    with tempfile.TemporaryDirectory() as made:
        emulators = Emulators(Path(made), Path(made))
        yield emulators.start("--start", "2026-11-02T09:00:00Z", "--clock", "manual")
        emulators.stop_all()


def _shot(page: Page, path: Path) -> None:
    """One picture, with no more colours than it needs."""
    page.screenshot(path=path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    assert path.stat().st_size < LARGEST, f"{path} has {path.stat().st_size} bytes"
