"""Every page of the portal, judged by axe-core in light and in dark, at its narrowest, and by the keyboard alone."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.emulator import PATIENT
from tests.integration.axe import ALL_RULES, CONTRAST, faults_of
from tests.integration.chromium import PATIENCE
from tests.integration.portal.application import SCOPE, STANDALONE, Application

PROVIDER = "a-500001.Provider-1"


def signed_in(page: Page, application: Application, username: str, scope: str) -> None:
    page.goto(application.authorize_url(scope, prompt="login", login_hint=username))
    page.locator(f"button[value='{username}']").first.click()


def at(path: str) -> Callable[[Page, Application], object]:
    return lambda page, application: page.goto(application.emulator.origin + path)


def refused(page: Page, application: Application) -> None:
    at("/portal/developer/new")(page, application)
    page.locator("#redirect_uris").fill("nowhere")
    page.locator("button[value=save]").click()


def launch(page: Page, application: Application) -> None:
    signed_in(page, application, PROVIDER, STANDALONE)
    at("/portal/launch")(page, application)


def chosen(page: Page, application: Application) -> None:
    at(f"/portal/launch?app=growth-chart&patient={PATIENT}")(page, application)


def with_approval(page: Page, application: Application) -> None:
    signed_in(page, application, PATIENT, STANDALONE)
    page.locator("button[value=allow]").click()
    page.wait_for_url(application.callback + "?*")
    at("/portal")(page, application)


def registered(page: Page, application: Application) -> None:
    at("/portal/developer/new")(page, application)
    page.locator("button[value=save]").click()


# In the order in which one person meets them, so that the provider is signed in where that is needed.
PAGES: dict[str, Callable[[Page, Application], object]] = {
    "welcome": at("/"),
    "sign in": at("/portal/sign-in"),
    "nobody found": at("/portal/sign-in?search=nobody+at+all"),
    "sign in for an application": lambda page, app: page.goto(app.authorize_url(login_hint=PATIENT)),
    "consent": lambda page, app: signed_in(page, app, PATIENT, STANDALONE),
    "home": with_approval,
    "choose a patient": lambda page, app: signed_in(page, app, PROVIDER, STANDALONE),
    "choose a visit": lambda page, app: signed_in(page, app, PATIENT, SCOPE),
    "launch": launch,
    "launch chosen": chosen,
    "applications": at("/portal/developer"),
    "new application": at("/portal/developer/new"),
    "refused application": refused,
    "registered application": registered,
    "one application": at("/portal/developer/app?id=mock-client"),
    "error": lambda page, app: page.goto(app.authorize_url(redirect_uri="https://evil.example/")),
    "nothing": at("/portal/nowhere"),
}


# These have every colour that there is.
ALL_COLOURS = ("nobody found", "consent", "home", "launch", "refused application", "registered application", "error")


@pytest.mark.parametrize(
    ("scheme", "rules", "names"), [("light", ALL_RULES, tuple(PAGES)), ("dark", CONTRAST, ALL_COLOURS)]
)
def test_no_page_breaks_a_rule_or_its_frame(
    chromium: Browser,
    application: Application,
    scheme: Literal["light", "dark"],
    rules: dict[str, Any],
    names: tuple[str, ...],
) -> None:
    # axe has to be let in past the policy of the pages.
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 320, "height": 700})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    found = {}
    for name in names:
        PAGES[name](page, application)
        found[name] = faults_of(page, rules)
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_wrong_page_is_found_wrong(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><input><p style='color:#aaa;width:9000px'>pale</p></body></html>")
    faults = {rule for rule, _, _ in faults_of(page, ALL_RULES)}
    page.close()
    assert {"label", "color-contrast", "html-has-lang", "overflow"} <= faults


def test_the_keyboard_is_enough(page: Page, application: Application) -> None:
    page.goto(application.authorize_url())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_label("User name").focus()
    page.keyboard.type(PATIENT)
    page.keyboard.press("Tab")
    page.keyboard.type("test-E-1")
    page.keyboard.press("Enter")
    box = page.get_by_label("Keep access for up to 90 days")
    box.focus()
    page.keyboard.press("Space")
    expect(box).not_to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Allow")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(application.callback + "?*")
    assert "offline_access" not in application.tokens()["scope"]
