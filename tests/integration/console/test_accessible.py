"""Every screen of the console, judged by axe-core in light and in dark, at its narrowest."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.emulator import PATIENT, Emulator
from tests.integration.axe import ALL_RULES, CONTRAST, faults_at_its_narrowest

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


def one_exchange(page: Page, shown: Emulator) -> None:
    at("/console/traffic")(page, shown)
    client = shown.register()
    client.session().get(f"{shown.base}/Patient/nobody", timeout=30)
    page.goto(f"{shown.origin}/console/traffic/{shown.journal(client)[-1]['seq']}")


def spent(page: Page, shown: Emulator) -> None:
    session = shown.register().session()
    while session.get(f"{shown.base}/Patient?_count=1", timeout=30).status_code == 200:
        pass
    at("/console/limits")(page, shown)


def armed(page: Page, shown: Emulator) -> None:
    rule = {"kind": "status", "with": {"status": 503}, "match": {"client": "nobody"}, "times": 3}
    shown.control("POST", "faults", rule)
    at("/console/faults")(page, shown)


def kept(page: Page, shown: Emulator) -> None:
    shown.control("POST", "snapshots", {"name": "before"})
    at("/console/snapshots")(page, shown)


def without_scripts(page: Page, shown: Emulator) -> None:
    page.route("**/*.js?*", lambda route: route.abort())
    at("/console/traffic")(page, shown)
    assert page.get_by_role("button", name="Filter").is_visible()
    assert page.get_by_role("button", name="Pause").count() == page.get_by_role("button", name="Copy").count() == 0
    page.unroute("**/*.js?*")


SCREENS: dict[str, Callable[[Page, Emulator], object]] = {
    "overview": at("/"),
    "one exchange": one_exchange,
    "limits": spent,
    "traffic": at("/console/traffic?status=404"),
    "traffic without scripts": without_scripts,
    "clock": at("/console/clock"),
    "exports": at("/console/exports"),
    "faults": armed,
    "snapshots": kept,
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
ALL_COLOURS = (
    "overview",
    "one exchange",
    "limits",
    "exports",
    "faults",
    "resource",
    "refused search",
    "token inspected",
)


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
    visits = {name: SCREENS[name] for name in names}
    assert faults_at_its_narrowest(chromium, scheme, rules, visits, shown) == {}
