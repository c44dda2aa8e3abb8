"""What a user finds at the portal: which applications have access, and the way to take it back."""

import pytest

from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import ANNETTE, MOTHER, PROVIDER, Visitor


def approved(clinic: Athena, username: str) -> tuple[Visitor, dict[str, str]]:
    visitor = Visitor(clinic)
    visitor.sign_in(username)
    return visitor, visitor.redeem(visitor.allow()["code"])


def revoke(visitor: Visitor) -> None:
    form = next(form for form in visitor.forms() if form.action == "/portal/revoke")
    visitor.send(form, form.fields)


def test_it_begins_with_nothing(visitor: Visitor) -> None:
    visitor.sign_in("a-500001.E-13")
    assert "None. When you allow" in visitor.open("/portal").text


@pytest.mark.requirement("SMA-094")
def test_access_is_shown_and_taken_back(clinic: Athena) -> None:
    visitor, tokens = approved(clinic, "a-500001.E-14")
    page = visitor.open("/portal")
    assert "Mock public client (PKCE, no secret)" in page.text
    assert "See all your health records" in page.text
    assert clinic.get("/Patient/a-500001.E-14", tokens["access_token"]).status_code == 200
    revoke(visitor)
    assert "Access was taken back" in visitor.page.text
    assert "None. When you allow" in visitor.page.text
    assert clinic.get("/Patient/a-500001.E-14", tokens["access_token"]).status_code == 401
    sent = {"grant_type": "refresh_token", "client_id": "mock-public", "refresh_token": tokens["refresh_token"]}
    refused = clinic.send("POST", "/oauth2/v1/token", data=sent)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant")


def test_what_was_taken_back_elsewhere_is_not_shown(clinic: Athena) -> None:
    visitor, tokens = approved(clinic, "a-500001.E-15")
    sent = {"token": tokens["refresh_token"], "client_id": "mock-public"}
    assert clinic.send("POST", "/oauth2/v1/revoke", data=sent).status_code == 200
    assert "None. When you allow" in visitor.open("/portal").text


def test_nobody_takes_back_what_another_gave(clinic: Athena) -> None:
    victim, tokens = approved(clinic, "a-500001.E-18")
    victim.open("/portal")
    session = next(form.fields["session"] for form in victim.forms() if form.action == "/portal/revoke")
    other, _ = approved(clinic, "a-500001.E-19")
    other.open("/portal")
    form = next(form for form in other.forms() if form.action == "/portal/revoke")
    other.send(form, form.fields | {"session": session})
    assert clinic.get("/Patient/a-500001.E-18", tokens["access_token"]).status_code == 200


def test_a_parent_sees_for_whom(clinic: Athena) -> None:
    visitor, _ = approved(clinic, MOTHER)
    page = visitor.open("/portal")
    assert "You act for" in page.text
    assert '<span class="tag">Micheal Cody Gordon</span>' in page.text


def test_a_provider_finds_the_launch_page(clinic: Athena) -> None:
    visitor = Visitor(clinic)
    visitor.sign_in(PROVIDER)
    assert 'href="/portal/launch">To the launch page' in visitor.open("/portal").text


def test_online_access_ends_with_the_sign_in(clinic: Athena) -> None:
    visitor = Visitor(clinic)
    visitor.sign_in(ANNETTE, scope="launch/patient patient/*.rs online_access")
    tokens = visitor.redeem(visitor.allow()["code"])
    sent = {"grant_type": "refresh_token", "client_id": "mock-public", "refresh_token": tokens["refresh_token"]}
    tokens = clinic.send("POST", "/oauth2/v1/token", data=sent).get_json()
    visitor.open("/portal")
    form = next(form for form in visitor.forms() if form.action == "/portal/sign-out")
    visitor.send(form, form.fields)
    refused = clinic.send("POST", "/oauth2/v1/token", data=sent | {"refresh_token": tokens["refresh_token"]})
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant")


def test_where_no_page_is_a_page_says_so(visitor: Visitor) -> None:
    page = visitor.open("/portal/nowhere/at/all")
    assert page.status_code == 404
    assert "There is no page at /portal/nowhere/at/all." in page.text
