"""Draws the pictures of ``docs/portal.md``: ``python -m tests.integration.portal.draw FOLDER``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.emulator import PATIENT, Emulator
from tests.integration.drawing import PHONE, draw
from tests.integration.portal.application import STANDALONE, Application, running

PROVIDER = "a-500001.Provider-1"
TALL = {"width": 1200, "height": 960}

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


@contextmanager
def growth_chart(emulator: Emulator, _: Browser) -> Iterator[Application]:
    """An application that people sign in for."""
    with running(emulator) as app:
        app.register("growth-chart", "Growth Chart")
        yield app


if __name__ == "__main__":
    draw(PICTURES, growth_chart)
