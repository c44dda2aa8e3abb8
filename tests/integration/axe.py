"""A page judged by axe-core."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.integration.chromium import PATIENCE

ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": ["color-contrast"]}
# Style sheets and media are not fetched again: rules that need them judge what does not exist here.
LEAST: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}

Place = TypeVar("Place")


def faults_of(page: Page, rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rule, element and advice of whatever breaks one of these rules; and whether the page is too wide."""
    found = [
        (each["id"], node["html"], node["failureSummary"])
        for each in Axe().run(page, options=rules | LEAST).response["violations"]
        for node in each["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([("overflow", f"{wide} px", "")] if wide > 0 else [])]


def faults_at_its_narrowest(
    chromium: Browser,
    scheme: Literal["light", "dark"],
    rules: dict[str, Any],
    visits: Mapping[str, Callable[[Page, Place], object]],
    place: Place,
) -> dict[str, list[tuple[str, str, str]]]:
    """What is wrong with each page that has faults, for one visitor who goes from one to the next."""
    # axe has to be let in past the policy of the pages.
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 320, "height": 700})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    found = {}
    for name, visit in visits.items():
        visit(page, place)
        found[name] = faults_of(page, rules)
    context.close()
    return {name: faults for name, faults in found.items() if faults}
