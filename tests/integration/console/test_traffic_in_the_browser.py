"""Traffic, limits and clock in Chromium: they are live, stop when told to, copy, and are worked by the keyboard."""

import requests
from playwright.sync_api import Page, expect

from tests.emulator import Emulator


def test_exchanges_appear_stay_away_while_paused_and_are_copied(page: Page, shown: Emulator) -> None:
    client = shown.register()
    session = client.session()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{shown.origin}/console/traffic?client={client.id}&route=fhir")
    expect(page.locator("#more")).to_have_attribute("open", "")
    rows = page.locator("table.traffic tbody tr")
    assert session.get(f"{shown.base}/Patient?_count=1&name=one", timeout=30).status_code == 200
    expect(rows).to_have_count(1)  # without the page being asked for again
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    assert session.get(f"{shown.base}/Patient/nobody", timeout=30).status_code == 404
    page.wait_for_function("new Promise((done) => setTimeout(() => done(true), 1200))")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Pause").press("Enter")
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="name=one").press("Enter")
    expect(page.get_by_role("region", name="Header fields of the request")).to_contain_text("Bearer ***")
    page.get_by_role("button", name="Copy as curl").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert '-H "Authorization: Bearer $TOKEN"' in copied
    assert copied.endswith(f"'{shown.base}/Patient?_count=1&name=one'")
    page.get_by_role("link", name="after").press("Enter")
    expect(page.get_by_text("no Patient of id nobody")).to_be_visible()


def test_a_burst_fills_its_gauge_and_its_picture(page: Page, shown: Emulator) -> None:
    client = shown.register()
    session = client.session()
    page.goto(f"{shown.origin}/console/limits")
    statuses = [session.get(f"{shown.base}/Patient?_count=1", timeout=30).status_code for _ in range(17)]
    card = page.get_by_role("region", name=f"client {client.id} at production")
    expect(card.locator("title")).to_contain_text(f"{statuses.count(200)} admitted, {statuses.count(429)} refused")
    expect(card.get_by_role("meter", name="burst, 2 s")).to_be_visible()
    assert card.locator("path.admitted").bounding_box()


def test_the_clock_is_frozen_stepped_and_resumed_by_the_keyboard(page: Page, shown: Emulator) -> None:
    page.goto(f"{shown.origin}/console/clock")
    try:
        page.get_by_role("button", name="Freeze", exact=True).press("Enter")
        expect(page.get_by_role("status")).to_contain_text("The clock stands at")
        before = page.locator(".face time").get_attribute("datetime")
        page.get_by_role("button", name="+ 1 h").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("moved by 1 h,")
        assert page.locator(".face time").get_attribute("datetime") != before
        page.get_by_label("Seconds").fill("0.5")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("moved by 500.0 ms")
        requests.post(f"{shown.origin}/_mock/clock", json={"advance": 86_400}, timeout=30).raise_for_status()
        expect(page.get_by_text("Nobody waits.")).to_be_visible()
    finally:
        shown.control("POST", "clock", {"resume": True})
    expect(page.get_by_role("button", name="Freeze", exact=True)).to_be_visible()  # it noticed by itself


def test_a_page_says_that_nobody_answers_and_outlives_a_reset(page: Page, shown: Emulator) -> None:
    page.goto(f"{shown.origin}/console/limits")
    page.route("**/console/limits", lambda route: route.fulfill(status=503))
    expect(page.get_by_text("The emulator does not answer")).to_be_visible()
    page.unroute("**/console/limits")
    expect(page.get_by_text("The emulator does not answer")).to_be_hidden()
    before = page.locator("[name=form_token]").first.input_value()
    shown.control("POST", "reset")
    expect(page.locator("[name=form_token]").first).not_to_have_value(before)
    page.get_by_role("button", name="Reset all limits").click()
    expect(page.get_by_role("status")).to_contain_text("Every caller has its whole quota again")
    told_first = {"body": "<title>Tell the token</title>", "content_type": "text/html"}
    page.route("**/console/limits", lambda route: route.fulfill(**told_first))
    expect(page).to_have_title("Tell the token")


def test_what_is_pressed_twice_is_sent_once(page: Page, shown: Emulator) -> None:
    page.goto(f"{shown.origin}/console/snapshots")
    submit = "form => form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))"
    assert [page.locator("form[method=post]").first.evaluate(submit) for _ in range(2)] == [True, False]
    page.get_by_role("button", name="Reset everything").dblclick()
    expect(page.get_by_role("status")).to_contain_text("All is as it was at the start")
