"""The page of a run in a browser: axe-core finds nothing in light and dark; filters and evidence work by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from athena_fhir_conformance.reports import html
from tests.conformance.test_reports import WRONG
from tests.integration.chromium import browser_at, path_or_skip

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}  # all else is the same in either scheme
# One template makes all rows, and axe-core needs seconds for a thousand of them.
A_FEW_OF_EACH_VERDICT = """() => {
  const seen = {};
  for (const row of document.querySelectorAll("tbody tr[data-verdict]")) {
    seen[row.dataset.verdict] = (seen[row.dataset.verdict] || 0) + 1;
    if (seen[row.dataset.verdict] > 5) row.remove();
  }
}"""
PATIENCE = 30_000  # milliseconds: the machine may be busy with other tests
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with browser_at(path_or_skip()) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "report.html"
    file.write_text(html.render(WRONG), encoding="utf-8")
    with chromium.new_context(color_scheme="dark", viewport=PHONE, offline=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        yield page
        assert complaints == []


def test_a_failure_is_found_opened_and_read(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("red-003")
    everything = page.locator("tbody tr").count()
    expect(page.locator("#shown")).to_have_text(f"1 of {everything} requirements")
    page.keyboard.press("Escape")
    page.locator(".go").first.focus()
    page.keyboard.press("Enter")
    details = page.locator("#details-RED-003")
    expect(details).to_contain_text("read.wrong")
    expect(details.locator("pre").first).to_have_text("curl -i https://ehr.example/fhir/r4/Patient/nobody")
    page.evaluate(A_FEW_OF_EACH_VERDICT)
    for scheme, rules in (("dark", CONTRAST), ("light", RULES)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        result = Axe().run(page, options=rules)
        assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("button.verdict[data-verdict=fail]").press("Space")
    expect(page.locator("tbody tr[data-verdict]:visible")).to_have_count(2)
