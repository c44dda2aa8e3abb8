"""Draws the pictures of ``docs/console.md``: ``python -m tests.integration.console.draw FOLDER``.

A screen is drawn by its row in :data:`PICTURES`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.emulator import PATIENT, Emulator, RegisteredClient
from tests.integration.drawing import PHONE, draw

TALL, TALLER = {"width": 1200, "height": 1000}, {"width": 1200, "height": 1250}
DATA = "/console/data/production"

Go = Callable[[Page, Emulator], object]


def at(path: str) -> Go:
    """A screen as it is."""
    return lambda page, emulator: page.goto(emulator.origin + path)


def refused(page: Page, emulator: Emulator) -> None:
    """The latest refusal, word for word."""
    page.goto(emulator.origin + "/console/traffic?verdict=refused")
    page.locator("table.traffic tbody a").first.click()


def inspected(page: Page, emulator: Emulator) -> None:
    """A token that may read patients, asked about something else."""
    token = emulator.register(client_id="my-app").token_response("system/Patient.rs")["access_token"]
    at("/console/oauth")(page, emulator)
    page.locator("#token").fill(token)
    page.locator("#path").fill(f"/fhir/r4/Observation?patient={PATIENT}")
    page.get_by_role("button", name="Inspect").click()


def launched(page: Page, emulator: Emulator) -> None:
    """An application that is ready to start."""
    about = {"client_name": "Weight Curve", "initiate_login_uri": "http://127.0.0.1:3000/launch"}
    emulator.register(client_id="weight-curve", **about)
    at(f"/console/oauth?patient={PATIENT}")(page, emulator)
    page.get_by_role("button", name="Launch").click()


PICTURES: dict[str, tuple[Go, dict[str, Any]]] = {
    "overview": (at("/"), {}),
    "traffic": (at("/console/traffic"), {}),
    "exchange": (refused, {"viewport": TALL}),
    "limits": (at("/console/limits"), {"viewport": TALL}),
    "limits-dark": (at("/console/limits"), {"viewport": TALL, "color_scheme": "dark"}),
    "clock": (at("/console/clock"), {}),
    "data": (at("/console/data"), {"viewport": TALLER}),
    "resource": (at(f"{DATA}/DiagnosticReport/a-500001.clinicalresult-100005"), {"viewport": TALLER}),
    "search": (at(f"{DATA}/Observation?name=code&value=8867-4&name=date&value=ge2020&do=more"), {"viewport": TALLER}),
    "oauth": (inspected, {"viewport": TALLER}),
    "launch": (launched, {}),
    "exports": (at("/console/exports"), {}),
    "faults": (at("/console/faults"), {}),
    "snapshots": (at("/console/snapshots"), {}),
    "traffic-phone": (at("/console/traffic"), {"viewport": PHONE}),
}


@contextmanager
def fill(emulator: Emulator, browser: Browser) -> Iterator[Emulator]:
    """Traffic worth looking at: a caller within its limits, one beyond them, wrong ids and tokens, and an export."""
    page = browser.new_page()
    page.goto(emulator.origin + "/console/traffic")  # from now on bodies are kept
    page.close()
    asked = {"redirect_uris": ["https://app.example/callback"], "scope": "system/*.read"}
    polite, greedy = (_client(emulator, name, asked) for name in ("growth-chart", "nightly-sync"))
    one, other = polite.session(), greedy.session()
    for step in range(16):
        one.get(f"{emulator.base}/Observation?patient={PATIENT}&_count=2", timeout=30)
        for _ in range(2 if step < 12 else 3):
            other.get(f"{emulator.base}/Patient?_count=1", timeout=30)
        emulator.advance(0.125)
    one.get(f"{emulator.sandbox}/Patient/nobody", timeout=30)
    one.get(f"{emulator.base}/Patient", headers={"Authorization": "Bearer forged"}, timeout=30)
    one.get(f"{emulator.base}/Patient/$export", headers={"Prefer": "respond-async"}, timeout=30)
    emulator.advance(0.5)
    for _ in range(18):
        other.get(f"{emulator.base}/Patient?_count=1", timeout=30)
    yield emulator


def _client(emulator: Emulator, name: str, asked: dict[str, Any]) -> RegisteredClient:
    told = emulator.control("POST", "clients", {"client_id": name, "grant_types": ["client_credentials"], **asked})
    return RegisteredClient(emulator, told["client_id"], told["client_secret"])


if __name__ == "__main__":
    draw(PICTURES, fill)
