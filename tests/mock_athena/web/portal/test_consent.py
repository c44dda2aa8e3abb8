"""The authorization endpoint in front of a person: sign in, choose, consent, and what comes back."""

import pytest

from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import (
    ANNETTE,
    AUTHORIZE,
    CALLBACK,
    CHILD,
    MOTHER,
    PROVIDER,
    Visitor,
    answer,
    asked,
)

FULL = "launch/patient patient/*.rs offline_access"
BACK = {"name": "Growth", "client_id": "growth"}


@pytest.mark.requirement("SMA-019", "SMA-020")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_by_either_method_asks_who_is_there(visitor: Visitor, method: str) -> None:
    page = visitor.open(AUTHORIZE, method, **{"query_string" if method == "GET" else "data": asked()})
    assert page.status_code == 200
    assert "Sign in to continue to Mock public client" in page.text


def test_who_signed_in_is_asked_for_consent(visitor: Visitor) -> None:
    page = visitor.sign_in(ANNETTE)
    for text in (
        "Mock public client (PKCE, no secret) asks for access to your health records",
        "See all your health records",
        "Keep access for up to 90 days",
        "<strong>127.0.0.1:8765</strong>",
        CALLBACK,
        "anybody else’s records",
        "the right to change anything",
    ):
        assert text in page.text
    assert "access after an hour" not in page.text


@pytest.mark.requirement("SMA-026", "SMA-051")
def test_allowing_brings_a_code_and_the_state(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    told = visitor.allow()
    assert told["state"] == "opaque state/1"
    body = visitor.redeem(told["code"])
    assert (body["patient"], body["scope"]) == (ANNETTE, FULL)


@pytest.mark.requirement("SMA-050", "SMA-080")
def test_a_scope_that_is_unticked_is_not_granted(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE, scope="launch/patient patient/Patient.rs patient/Observation.rs offline_access")
    body = visitor.redeem(visitor.allow("patient/Observation.rs", "offline_access")["code"])
    assert body["scope"] == "launch/patient patient/Patient.rs"
    assert "refresh_token" not in body
    token = body["access_token"]
    assert visitor.athena.get(f"/Patient/{ANNETTE}", token).status_code == 200
    assert visitor.athena.get(f"/Observation?patient={ANNETTE}", token).status_code == 403


@pytest.mark.requirement("ERR-018")
def test_denying_tells_the_application_on_every_page(visitor: Visitor) -> None:
    visitor.authorize()
    for page in (visitor.page, visitor.sign_in(ANNETTE)):
        visitor.page = page
        told = answer(visitor.press("decision", "deny"))
        assert (told["error"], told["state"]) == ("access_denied", "opaque state/1")
    visitor.sign_in(PROVIDER, prompt="login")
    assert answer(visitor.press("decision", "deny"))["error"] == "access_denied"


def test_with_nothing_ticked_nothing_is_allowed(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    assert visitor.allow(*FULL.split())["error"] == "access_denied"


def test_what_the_request_says_is_escaped_and_kept(visitor: Visitor) -> None:
    state = '"><script>alert(1)</script>'
    visitor.sign_in(ANNETTE, state=state)
    assert "<script" not in visitor.page.text
    assert visitor.allow()["state"] == state


def test_the_answer_of_the_page_is_checked_again(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    told = answer(visitor.press("decision", "allow", **{"scope": "system/*.rs", "allow system/*.rs": "yes"}))
    assert told["error"] == "invalid_scope"


def test_a_scope_beyond_the_request_cannot_be_ticked(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    told = answer(visitor.press("decision", "allow", **{"allow patient/*.cruds": "yes"}))
    assert visitor.redeem(told["code"])["scope"] == FULL


def test_the_one_who_signed_in_is_not_asked_again(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    assert "asks for access to your health records" in visitor.authorize().text


def test_somebody_else_can_sign_in_instead(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    link = visitor.page.text.partition('<a href="/oauth2')[2].partition('"')[0].replace("&amp;", "&")
    assert "Sign in to continue" in visitor.open("/oauth2" + link).text
    visitor.press("as", "a-500001.E-2")
    assert visitor.redeem(visitor.allow()["code"])["patient"] == "a-500001.E-2"


def test_a_sign_in_at_one_environment_is_none_at_the_other(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    page = visitor.authorize(aud="http://localhost/fhir/r4/sandbox")
    assert "Test users of sandbox" in page.text
    assert ANNETTE not in page.text


def test_who_is_expected_comes_first(visitor: Visitor) -> None:
    page = visitor.authorize(login_hint="a-500001.E-12")
    assert "Sign in as Jackie Caitlin Hayes" in page.text
    visitor.press("as", "a-500001.E-12")
    assert visitor.redeem(visitor.allow()["code"])["patient"] == "a-500001.E-12"


def test_what_was_asked_for_and_cannot_be_given_is_said(visitor: Visitor) -> None:
    page = visitor.sign_in(ANNETTE, scope=FULL + " system/*.rs")
    assert "<code>system/*.rs</code>" in page.text.partition("Asked for, and not given here")[2]


@pytest.mark.requirement("SMA-052")
def test_a_provider_chooses_the_patient(visitor: Visitor) -> None:
    page = visitor.sign_in(PROVIDER)
    assert "Whose records is Mock public client" in page.text
    visitor.press("search", search="hayes")
    page = visitor.press("patient", "a-500001.E-12")
    assert "the records of Jackie Caitlin Hayes" in page.text
    assert "See all Jackie Caitlin Hayes’s health records" in page.text
    assert visitor.redeem(visitor.allow()["code"])["patient"] == "a-500001.E-12"


def test_a_patient_whom_there_is_not_cannot_be_chosen(visitor: Visitor) -> None:
    visitor.sign_in(PROVIDER)
    page = visitor.authorize(patient="a-500001.E-99")
    assert "cannot choose <code>a-500001.E-99</code>" in page.text


def test_a_parent_acts_for_the_child(visitor: Visitor) -> None:
    page = visitor.sign_in(MOTHER)
    assert "the records of Micheal Cody Gordon" in page.text
    assert visitor.redeem(visitor.allow()["code"])["patient"] == CHILD


@pytest.mark.parametrize("username", [ANNETTE, MOTHER])
def test_nobody_is_swapped_for_another_patient(visitor: Visitor, username: str) -> None:
    visitor.sign_in(username)
    told = answer(visitor.press("decision", "allow", patient="a-500001.E-2"))
    assert visitor.redeem(told["code"])["patient"] in (ANNETTE, CHILD)


@pytest.mark.requirement("SMA-053")
def test_the_visit_is_chosen_where_one_is_asked_for(clinic: Athena, visitor: Visitor) -> None:
    clinic.world.authorization.clients.register(
        {
            "client_id": "visits",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code"],
            "scope": "launch/patient launch/encounter patient/*.rs",
            "token_endpoint_auth_method": "none",
        }
    )
    page = visitor.sign_in(ANNETTE, client_id="visits", scope="launch/encounter patient/*.rs")
    assert "Which visit is visits about?" in page.text
    assert "a-500001.encounter-100001" in page.text
    visitor.press("encounter", "a-500001.encounter-100001")
    body = visitor.redeem(visitor.allow()["code"], client_id="visits")
    assert (body["patient"], body["encounter"]) == (ANNETTE, "a-500001.encounter-100001")


def test_a_visit_of_somebody_else_is_refused(visitor: Visitor, clinic: Athena) -> None:
    page = visitor.sign_in(
        "a-500001.E-2", client_id="visits", scope="launch/encounter patient/*.rs", encounter="a-500001.encounter-100001"
    )
    assert "is no visit of Stacy Tracey Monroe" in page.text
    visitor.press("encounter", "none")
    assert "encounter" not in visitor.redeem(visitor.allow()["code"], client_id="visits")
