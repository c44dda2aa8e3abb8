"""When somebody is asked: ``prompt``, ``max_age``, auto-approval, and decisions of programs that keep no cookies."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import (
    ANNETTE,
    AUTHORIZE,
    CALLBACK,
    MOTHER,
    PROVIDER,
    Visitor,
    answer,
    asked,
)

SCOPES = {f"allow {scope}": "yes" for scope in ("launch/patient", "patient/*.rs", "offline_access")}


def test_prompt_login_asks_for_a_new_sign_in_and_only_one(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    page = visitor.authorize(prompt="login")
    assert "Sign in to continue" in page.text
    assert "Sign in to continue" in visitor.press("search", search="powers").text
    assert "asks for access" in visitor.press("as", ANNETTE).text
    assert "code" in visitor.allow()


def test_prompt_none_without_a_sign_in(visitor: Visitor) -> None:
    assert answer(visitor.authorize(prompt="none"))["error"] == "login_required"


def test_prompt_none_gives_what_was_allowed_before(visitor: Visitor) -> None:
    visitor.sign_in("a-500001.E-11")
    assert answer(visitor.authorize(prompt="none"))["error"] == "consent_required"
    visitor.authorize()
    visitor.allow("offline_access")
    assert answer(visitor.authorize(prompt="none"))["error"] == "consent_required"
    again = answer(visitor.authorize(prompt="none", scope="launch/patient patient/*.rs"))
    assert visitor.redeem(again["code"])["patient"] == "a-500001.E-11"


def test_prompt_none_cannot_choose_a_patient(visitor: Visitor) -> None:
    visitor.sign_in(PROVIDER)
    assert answer(visitor.authorize(prompt="none"))["error"] == "interaction_required"


def test_max_age_asks_again_by_our_clock(alone: Visitor) -> None:
    alone.sign_in(ANNETTE)
    alone.athena.control("POST", "clock", {"advance": 301})
    assert "asks for access" in alone.authorize(max_age="301").text
    assert "Sign in to continue" in alone.authorize(max_age="300").text
    alone.press("as", ANNETTE)
    alone.athena.control("POST", "clock", {"advance": 400})
    assert "code" in alone.allow()  # thinking about it is no reason to sign in again


def test_max_age_0_asks_once(alone: Visitor) -> None:
    alone.sign_in(ANNETTE)
    alone.athena.control("POST", "clock", {"advance": 1})
    assert "Sign in to continue" in alone.authorize(max_age="0").text
    alone.athena.control("POST", "clock", {"advance": 1})
    assert "asks for access" in alone.press("as", ANNETTE).text


def test_a_program_decides_with_name_and_password(visitor: Visitor) -> None:
    sent = {"username": ANNETTE, "password": "test-E-1", "decision": "allow", **SCOPES}
    told = answer(visitor.open(AUTHORIZE, "POST", data=asked() | sent))
    assert visitor.redeem(told["code"])["patient"] == ANNETTE
    assert visitor.open("/portal").request.path == "/portal/sign-in"  # it is signed in nowhere


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"password": "test-E-2"}, 403),
        ({"username": "nobody"}, 403),
        ({"username": PROVIDER, "password": "test-Provider-1"}, 302),
        ({"allow launch/patient": "", "allow patient/*.rs": "", "allow offline_access": ""}, 302),
    ],
)
def test_a_program_that_gets_it_wrong_gets_no_code(visitor: Visitor, wrong: dict[str, str], status: int) -> None:
    sent = {"username": ANNETTE, "password": "test-E-1", "decision": "allow", **SCOPES, **wrong}
    response = visitor.open(AUTHORIZE, "POST", data=asked() | sent)
    assert response.status_code == status
    assert "code=" not in response.headers.get("Location", "")


def test_a_program_chooses_a_patient_for_a_provider(visitor: Visitor) -> None:
    sent = {"username": PROVIDER, "password": "test-Provider-1", "decision": "allow", "patient": ANNETTE, **SCOPES}
    assert visitor.redeem(answer(visitor.open(AUTHORIZE, "POST", data=asked() | sent))["code"])["patient"] == ANNETTE


@pytest.mark.parametrize(
    ("hint", "more", "patient"),
    [
        (None, {}, "a-500001.E-1"),
        ("a-500001.E-2", {}, "a-500001.E-2"),
        ("Patient/a-500001.E-2", {}, "a-500001.E-2"),
        (PROVIDER, {}, "a-500001.E-1"),
        (PROVIDER, {"patient": "a-500001.E-2"}, "a-500001.E-2"),
        ("Practitioner/" + PROVIDER, {"scope": "launch/encounter patient/*.rs"}, "a-500001.E-1"),
    ],
)
def test_auto_approve_signs_in_as_login_hint_says(
    make_athena: MakeAthena, hint: str | None, more: dict[str, str], patient: str
) -> None:
    visitor = Visitor(make_athena(auto_approve=True))
    told = answer(visitor.authorize(login_hint=hint, **more))
    assert visitor.redeem(told["code"])["patient"] == patient


@pytest.mark.parametrize(
    "wrong",
    [
        {"login_hint": "a-500001.E-99"},
        {"login_hint": PROVIDER, "patient": "a-500001.E-99"},
        {"aud": "http://localhost/fhir/r4/sandbox", "login_hint": ANNETTE},
    ],
)
def test_auto_approve_refuses_whom_there_is_not(make_athena: MakeAthena, wrong: dict[str, str]) -> None:
    visitor = Visitor(make_athena(auto_approve=True))
    assert answer(visitor.authorize(**wrong))["error"] == "access_denied"


def test_auto_approve_without_anybody_is_refused(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(auto_approve=True, patients=0))
    assert answer(visitor.authorize())["error"] == "access_denied"


def test_one_client_can_be_approved_without_asking(clinic: Athena, visitor: Visitor) -> None:
    clinic.world.authorization.clients.register(
        {
            "client_id": "headless",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code"],
            "scope": "launch/patient patient/*.rs",
            "token_endpoint_auth_method": "none",
            "auto_approve": True,
        }
    )
    told = answer(visitor.authorize(client_id="headless", scope="patient/*.rs", login_hint=MOTHER))
    assert visitor.redeem(told["code"], client_id="headless")["patient"] == "a-500001.E-3"
    assert "Sign in to continue" in visitor.authorize().text


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_auto_approve_of_a_client_is_true_or_false(clinic: Athena, value: object) -> None:
    response = clinic.control("POST", "clients", {"client_id": "unclear", "auto_approve": value})
    assert response.status_code == 400
    assert "auto_approve must be true or false" in response.text
