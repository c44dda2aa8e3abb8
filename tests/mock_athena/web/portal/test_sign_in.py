"""Signing in at the portal: the list of test users, its search, passwords, and the cookie that remembers."""

from collections.abc import Callable

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import ANNETTE, MOTHER, PROVIDER, Visitor

SIGN_IN = "/portal/sign-in"


def names(visitor: Visitor, **query: str) -> list[str]:
    """The user names that the list shows."""
    visitor.open(SIGN_IN, query_string=query)
    assert visitor.page.status_code == 200
    return [value for form in visitor.forms() for name, value in form.buttons if name == "as"]


def test_every_user_name_stands_there_with_its_password(visitor: Visitor) -> None:
    assert names(visitor)[:2] == [ANNETTE, "a-500001.E-2"]
    for text in ("Annette Caitlin Powers", "born 1967-06-20, ", "<code>test-E-1</code>", f"<code>{ANNETTE}</code>"):
        assert text in visitor.page.text


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("powers", ANNETTE),
        ("PoW annet", ANNETTE),
        ("1967-06-20", ANNETTE),
        ("powers 1967", ANNETTE),
        (ANNETTE, ANNETTE),
        ("E-12", "a-500001.E-12"),
    ],
)
def test_patients_are_found_by_name_birth_date_and_id(visitor: Visitor, search: str, found: str) -> None:
    assert names(visitor, search=search) == [found]


@pytest.mark.parametrize("search", ["nobody of this name", "1967-13-40", "a-500001.E-99", "\x00", "a,b" * 100, "%"])
def test_a_search_without_a_match_says_so(visitor: Visitor, search: str) -> None:
    assert names(visitor, search=search) == []
    assert "Show everybody" in visitor.page.text


def test_the_list_has_pages_and_the_last_one_ends_it(visitor: Visitor) -> None:
    seen, query = [], {"who": "patient"}
    for _ in range(4):
        seen += names(visitor, **query)
        after = visitor.page.text.partition("&amp;after=")[2].partition('"')[0]
        query["after"] = after
    assert seen == [f"a-500001.E-{n}" for n in range(1, 26)]
    assert after == ""


@pytest.mark.parametrize("after", ["x", "1.", f"{2**64}.1", f"1.-{2**63 + 1}", "9" * 5000 + ".1"])
def test_a_place_in_the_list_that_is_none_is_its_beginning(visitor: Visitor, after: str) -> None:
    assert names(visitor, after=after)[0] == ANNETTE


def test_providers_are_the_practitioners_and_proxies_the_relatives_who_may(visitor: Visitor) -> None:
    assert PROVIDER in names(visitor, who="provider")
    proxies = names(visitor, who="proxy")
    assert MOTHER in proxies
    assert "a-500001.relatedperson-100001" not in proxies  # the husband of a grown-up patient
    assert "mother of Micheal Cody Gordon" in visitor.page.text


def test_the_sandbox_has_users_of_its_own(visitor: Visitor) -> None:
    assert names(visitor, environment="sandbox")[0] == "a-195900.E-1"
    assert visitor.open(SIGN_IN, query_string={"environment": "moon"}).status_code == 404


def test_name_and_password_sign_in(visitor: Visitor) -> None:
    visitor.open("/portal")
    page = visitor.press("username", username=ANNETTE, password="test-E-1")
    assert page.request.path == "/portal"
    assert "Hello, Annette Caitlin Powers" in page.text


def test_one_click_signs_in(visitor: Visitor) -> None:
    visitor.open(SIGN_IN, query_string={"who": "provider"})
    assert "Hello, Carolyn Hale, DO" in visitor.press("as", PROVIDER).text


@pytest.mark.parametrize(
    ("username", "password"), [(ANNETTE, "test-E-2"), (ANNETTE, ""), ("nobody", "test-nobody"), ("", ""), ("é", "ü")]
)
def test_a_wrong_password_is_refused_with_a_message(visitor: Visitor, username: str, password: str) -> None:
    visitor.open(SIGN_IN)
    page = visitor.press("username", username=username, password=password)
    assert page.status_code == 403
    assert "No user of this name has this password." in page.text
    assert visitor.open("/portal").request.path == SIGN_IN
    assert not password or f'value="{password}"' not in page.text


def test_the_cookie_is_for_this_browser_only(visitor: Visitor) -> None:
    first = visitor.open(SIGN_IN)
    cookie = first.headers["Set-Cookie"]
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Secure" not in cookie
    assert "Set-Cookie" not in visitor.open(SIGN_IN).headers


def test_behind_tls_the_cookie_stays_there(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(external_url="https://ehr.test"))
    assert "Secure" in visitor.open(SIGN_IN).headers["Set-Cookie"]


def test_a_sign_in_lasts_a_working_day_by_our_clock(alone: Visitor) -> None:
    alone.open(SIGN_IN)
    alone.press("as", ANNETTE)
    alone.athena.control("POST", "clock", {"advance": 8 * 3600 - 1})
    assert alone.open("/portal").request.path == "/portal"
    alone.athena.control("POST", "clock", {"advance": 1})
    assert alone.open("/portal").request.path == SIGN_IN


def test_signing_out_ends_the_cookie_wherever_it_is_kept(visitor: Visitor) -> None:
    visitor.open(SIGN_IN)
    visitor.press("as", ANNETTE)
    thief = Visitor(visitor.athena)
    stolen = visitor.client.get_cookie("mock_athena_80")
    assert stolen is not None
    thief.client.set_cookie("mock_athena_80", stolen.value)
    assert thief.open("/portal").request.path == "/portal"
    visitor.page = visitor.open("/portal")
    sign_out = next(form for form in visitor.forms() if form.action == "/portal/sign-out")
    visitor.send(sign_out, sign_out.fields)
    assert visitor.open("/portal").request.path == SIGN_IN
    thief.client.set_cookie("mock_athena_80", stolen.value)
    assert thief.open("/portal").request.path == SIGN_IN


def test_nobody_can_wait_inside_a_visit_for_a_sign_in(visitor: Visitor) -> None:
    visitor.open(SIGN_IN)
    before = visitor.client.get_cookie("mock_athena_80")
    visitor.press("as", ANNETTE)
    after = visitor.client.get_cookie("mock_athena_80")
    assert before is not None
    assert after is not None
    fixed = Visitor(visitor.athena)
    fixed.client.set_cookie("mock_athena_80", before.value)
    assert fixed.open("/portal").request.path == SIGN_IN


@pytest.mark.parametrize(
    "forge",
    [
        # Not the last letter of the signature, some bits of which mean nothing.
        lambda good: good[:-2] + ("y" if good[-2] == "x" else "x") + good[-1],
        lambda good: "W10." + good,
        lambda _: "é",
    ],
)
def test_a_forged_cookie_is_nobody(visitor: Visitor, forge: Callable[[str], str]) -> None:
    visitor.open(SIGN_IN)
    visitor.press("as", ANNETTE)
    good = visitor.client.get_cookie("mock_athena_80")
    assert good is not None
    forger = Visitor(visitor.athena)
    forger.client.set_cookie("mock_athena_80", forge(good.value))
    assert forger.open("/portal").request.path == SIGN_IN


def test_the_cookie_of_another_emulator_is_nobody(visitor: Visitor, make_athena: MakeAthena) -> None:
    visitor.open(SIGN_IN)
    visitor.press("as", ANNETTE)
    good = visitor.client.get_cookie("mock_athena_80")
    assert good is not None
    elsewhere = Visitor(make_athena())
    elsewhere.client.set_cookie("mock_athena_80", good.value)
    assert elsewhere.open("/portal").request.path == SIGN_IN


def test_a_reset_signs_everybody_out(alone: Visitor) -> None:
    alone.open(SIGN_IN)
    alone.press("as", ANNETTE)
    alone.athena.control("POST", "reset")
    assert alone.open("/portal").request.path == SIGN_IN


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/oauth2/v1/authorize?x", "launch\r\nX: y"])
def test_a_sign_in_leads_to_no_address_that_a_link_brought(visitor: Visitor, to: str) -> None:
    visitor.open(SIGN_IN, query_string={"next": to})
    form = next(form for form in visitor.forms() if "username" in form.fields)
    page = visitor.send(form, {**form.fields, "next": to, "as": ANNETTE})
    assert page.request.path == "/portal"


def test_a_user_whose_record_is_gone_is_nobody(alone: Visitor) -> None:
    athena = alone.athena
    new = {"resourceType": "Patient", "name": [{"family": "Gone"}], "gender": "other", "birthDate": "2000-01-01"}
    made = athena.send("POST", "/fhir/r4/Patient", athena.token("system/*.cruds"), json=new).get_json()
    alone.open(SIGN_IN, query_string={"search": "gone"})
    assert "Hello, Gone" in alone.press("as", made["id"]).text
    gone = athena.send("DELETE", f"/fhir/r4/Patient/{made['id']}", athena.token("system/*.cruds"))
    assert gone.status_code in (200, 204)
    assert alone.open("/portal").request.path == SIGN_IN
