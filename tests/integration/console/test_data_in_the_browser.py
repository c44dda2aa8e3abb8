"""The data in Chromium: the search builder with scripts, pictures within the policy, and links by the keyboard."""

from playwright.sync_api import Page, expect

from tests.emulator import PATIENT, Emulator


def test_a_search_is_built_row_by_row_and_leads_to_a_resource(page: Page, shown: Emulator) -> None:
    page.goto(f"{shown.origin}/console/data/production/Observation")
    page.get_by_label("Parameter", exact=True).fill("code")
    page.get_by_label("Value", exact=True).focus()
    expect(page.locator(".row .hint")).to_contain_text("token: code, system|code")
    page.get_by_label("Value", exact=True).fill("8867-4")
    here = page.url
    page.get_by_role("button", name="One more parameter").click()
    second = page.get_by_role("group", name="Parameter 2")
    expect(second.get_by_label("Parameter", exact=True)).to_be_focused()
    assert page.url == here  # without asking for the page again
    page.keyboard.type("patient")
    page.keyboard.press("Tab")
    page.keyboard.type(PATIENT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="found")).to_be_visible()
    expect(page.locator(".row")).to_have_count(2)
    page.get_by_role("link", name="Heart rate").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Heart rate")
    page.locator("pre.json").get_by_role("link", name=f"Patient/{PATIENT}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Annette Caitlin Powers")


def test_a_picture_is_shown_and_json_copied(page: Page, shown: Emulator) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{shown.origin}/console/data/production/DiagnosticReport/a-500001.clinicalresult-100005")
    picture = page.get_by_role("img", name="Rendered as PNG")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    page.get_by_role("button", name="Copy the JSON").click()
    expect(page.get_by_role("button", name="Copied the JSON")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText().then((text) => JSON.parse(text).id)") == (
        "a-500001.clinicalresult-100005"
    )
