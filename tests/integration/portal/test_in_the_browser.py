"""A person at the portal, in Chromium, with scripts turned off: the pages need none, and are the same with them."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.emulator import PATIENT
from tests.integration.portal.application import STANDALONE, Application

PROVIDER = "a-500001.Provider-1"


@pytest.fixture
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"java_script_enabled": getattr(request, "param", False)}


def sign_in(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Sign in as {name}").click()


@pytest.mark.parametrize("options", [True, False], ids=["with scripts", "without scripts"], indirect=True)
def test_sign_in_search_untick_and_allow(page: Page, application: Application) -> None:
    page.goto(application.authorize_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to continue to Growth Chart")
    page.get_by_label("Name, birth date or id").fill("powers 1967")
    page.get_by_role("button", name="Search").click()
    sign_in(page, "Annette Caitlin Powers")
    expect(page.get_by_role("heading", level=1)).to_contain_text("asks for access to your health records")
    page.get_by_label("Add, change and delete your appointments").uncheck()
    page.get_by_label("Keep access for up to 90 days").uncheck()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(application.callback + "?*")
    assert application.came[-1]["state"] == "a state of its own"
    tokens = application.tokens()
    assert tokens["patient"] == PATIENT
    assert tokens["scope"] == "launch/patient patient/Patient.rs patient/Observation.rs"


def test_a_wrong_password_then_the_right_one_then_deny(page: Page, application: Application) -> None:
    page.goto(application.authorize_url())
    page.get_by_label("User name").fill(PATIENT)
    page.get_by_label("Password", exact=True).fill("guess")
    page.get_by_role("button", name="Sign in", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("No user of this name has this password.")
    page.get_by_label("Password", exact=True).fill("test-E-1")
    page.get_by_role("button", name="Sign in", exact=True).last.click()
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(application.callback + "?*")
    assert application.came[-1]["error"] == "access_denied"


def test_a_provider_picks_a_patient(page: Page, application: Application) -> None:
    page.goto(application.authorize_url(STANDALONE))
    page.get_by_role("link", name="Providers").click()
    sign_in(page, "Carolyn Hale, DO")
    page.get_by_label("Name, birth date or id").fill("hayes")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Choose Jackie Caitlin Hayes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("the records of Jackie Caitlin Hayes")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(application.callback + "?*")
    assert application.tokens()["patient"] == "a-500001.E-12"


def test_launch_from_within_the_ehr(page: Page, application: Application) -> None:
    page.goto(application.emulator.origin + "/portal/launch")
    sign_in(page, "Carolyn Hale, DO")
    choose = page.get_by_role("button", name="Choose Growth Chart")
    if choose.count():  # another test has registered one more
        choose.click()
    page.get_by_role("button", name="Choose Annette Caitlin Powers").click()
    page.get_by_label("Visit").select_option("a-500001.encounter-100001")
    page.get_by_role("button", name="Launch Growth Chart").click()
    expect(page.get_by_text("Started from within the health record system.")).to_be_visible()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(application.callback + "?*")
    tokens = application.tokens()
    assert (tokens["patient"], tokens["encounter"]) == (PATIENT, "a-500001.encounter-100001")
    assert tokens["need_patient_banner"] is True


def test_register_an_application_and_use_it(page: Page, application: Application) -> None:
    page.goto(application.emulator.origin + "/portal/developer")
    page.get_by_role("link", name="Register an application").click()
    page.get_by_label("Name", exact=True).fill("Nightly job")
    page.get_by_label("People sign in").uncheck()
    page.get_by_label("and it may stay connected").uncheck()
    page.get_by_label("A backend service").check()
    page.get_by_label("Redirect URIs").fill("")
    page.get_by_label("Know which patient this is about").uncheck()
    page.get_by_label("See all, patient/*.read").uncheck()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Nightly job")
    page.get_by_text("Backend, without a user").click()
    page.get_by_label("See Patient, system").check()
    page.get_by_role("button", name="Register").click()
    id, secret = page.locator("#client-id").inner_text(), page.locator("#client-secret").inner_text()
    form = {"grant_type": "client_credentials"}
    told = requests.post(application.emulator.token_url, form, auth=(id, secret), timeout=30)
    assert told.json()["scope"] == "system/Patient.rs"


def test_access_is_taken_back_at_home(page: Page, application: Application) -> None:
    page.goto(application.authorize_url())
    page.get_by_role("link", name="Parents and proxies").click()
    sign_in(page, "Tanya Gordon")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(application.callback + "?*")
    bearer = {"Authorization": f"Bearer {application.tokens()['access_token']}"}
    record = f"{application.emulator.base}/Patient/a-500001.E-3"
    assert requests.get(record, headers=bearer, timeout=30).status_code == 200
    page.goto(application.emulator.origin + "/portal")
    page.get_by_role("button", name="Take back the access of Growth Chart").first.click()
    expect(page.get_by_role("status")).to_contain_text("Access was taken back.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert requests.get(record, headers=bearer, timeout=30).status_code == 401


def test_an_address_that_is_not_registered_keeps_the_person_here(page: Page, application: Application) -> None:
    url = application.authorize_url(redirect_uri=application.origin + "/elsewhere")
    page.goto(url)
    assert page.url == url
    expect(page.get_by_role("alert")).to_contain_text("is not registered for growth-chart")
