"""Tokens in Chromium: they appear by themselves, end by the keyboard, and are pasted into no address."""

from playwright.sync_api import Page, expect

from tests.emulator import Emulator


def test_a_token_appears_is_inspected_and_ends(page: Page, shown: Emulator) -> None:
    client = shown.register()
    page.goto(f"{shown.origin}/console/oauth?client={client.id}")
    page.get_by_label("Token", exact=True).evaluate("element => element.blur()")
    expect(page.locator("#live-tokens")).to_contain_text("There is no token")
    token = client.token_response("system/Patient.rs")["access_token"]
    row = page.locator("#live-tokens tbody tr")
    expect(row).to_contain_text(client.id)  # without the page being asked for again
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_label("Path or URL").fill("/fhir/r4/Observation")
    page.get_by_role("button", name="Inspect").press("Enter")
    expect(page.locator("#inspection")).to_contain_text("Accepted now")
    expect(page.locator("#verdict")).to_contain_text("Refused by: scope")
    assert token not in page.url
    page.goto(f"{shown.origin}/console/oauth?client={client.id}")
    row.get_by_role("button", name="Expire").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is expired")
    expect(page.locator("#live-tokens tbody tr", has_text=client.id)).to_contain_text("expired")
