"""Every screen of the console, judged by axe-core in light and in dark, at its narrowest."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.emulator import PATIENT, Emulator
from tests.integration.axe import ALL_RULES, CONTRAST, faults_of
from tests.integration.chromium import PATIENCE

DATA = "/console/data/production"


def at(path: str) -> Callable[[Page, Emulator], object]:
    return lambda page, shown: page.goto(shown.origin + path)


def inspected(page: Page, shown: Emulator) -> None:
    token = shown.register().token_response()["access_token"]
    at("/console/oauth")(page, shown)
    page.locator("#token").fill(token)
    page.locator("#path").fill("/fhir/r4/Patient/x")
    page.get_by_role("button", name="Inspect").click()


def launched(page: Page, shown: Emulator) -> None:
    shown.register(client_name="Growth Chart", initiate_login_uri="https://app.example/launch")
    at(f"/console/oauth?patient={PATIENT}")(page, shown)
    page.get_by_role("button", name="Launch").click()


SCREENS: dict[str, Callable[[Page, Emulator], object]] = {
    "overview": at("/"),
    "exports": at("/console/exports"),
    "faults": at("/console/faults"),
    "snapshots": at("/console/snapshots"),
    "reports": at("/console/reports"),
    "data": at("/console/data"),
    "chart": at(f"{DATA}/Patient/{PATIENT}/chart"),
    "resource": at(f"{DATA}/DiagnosticReport/a-500001.clinicalresult-100005"),
    "search": at(f"{DATA}/Observation?name=code&value=8867-4&do=more"),
    "refused search": at(f"{DATA}/Observation?name=date&value=x"),
    "token inspected": inspected,
    "application launched": launched,
    "nothing": at("/console/nowhere"),
}

# These have every colour that there is.
ALL_COLOURS = ("overview", "exports", "faults", "resource", "refused search", "token inspected")


@pytest.mark.long
@pytest.mark.parametrize(
    ("scheme", "rules", "names"), [("light", ALL_RULES, tuple(SCREENS)), ("dark", CONTRAST, ALL_COLOURS)]
)
def test_no_screen_breaks_a_rule_or_its_frame(
    chromium: Browser,
    shown: Emulator,
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
        SCREENS[name](page, shown)
        found[name] = faults_of(page, rules)
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
