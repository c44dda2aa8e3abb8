"""A page judged by axe-core."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": ["color-contrast"]}
LEAST = {"resultTypes": ["violations"]}


def faults_of(page: Page, rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rule, element and advice of whatever breaks one of these rules; and whether the page is too wide."""
    found = [
        (each["id"], node["html"], node["failureSummary"])
        for each in Axe().run(page, options=rules | LEAST).response["violations"]
        for node in each["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([("overflow", f"{wide} px", "")] if wide > 0 else [])]
