"""The screen of tokens, sessions, clients and launches: what is told, and what its buttons do."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from mock_athena.auth.grant import Grant
from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.console.reading import links, words
from tests.mock_athena.web.in_process import ADA, BO, Athena
from tests.mock_athena.web.portal.visitor import ANNETTE, CALLBACK, PROVIDER, Visitor, answer

PATH = "/console/oauth"
GOOD = "Accepted now"
LAUNCHED = {
    "client_id": "growth-chart",
    "client_name": "Growth Chart",
    "redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code"],
    "token_endpoint_auth_method": "none",
    "scope": "launch patient/*.rs",
    "initiate_login_uri": "https://app.example/launch?a=1",
}


def inspect(visitor: Visitor, token: str, path: str = "", method: str = "GET") -> str:
    """What the screen says of a token."""
    visitor.open(PATH)
    page = visitor.do("inspect", token=token, path=path, method=method)
    assert page.status_code == 200
    return words(page).split("Inspect This is ")[1].split(" Access tokens ")[0]


def issue(visitor: Visitor, **typed: str) -> str:
    """The token that the screen shows after it was issued."""
    visitor.open(PATH)
    page = visitor.do("issue", **typed)
    assert page.status_code == 200, words(page)
    (token,) = set(re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", page.text))
    return str(token)


def session_on(page: TestResponse) -> str:
    """The session that a button of the page ends."""
    return str(re.findall(r'name="session" value="([^"]+)"', page.text)[0])


def is_good(athena: Athena, token: str) -> bool:
    return athena.get("/Organization?_count=1", token).status_code == 200


def test_an_access_token_is_told_and_what_it_may_do(visitor: Visitor) -> None:
    token = visitor.athena.token("system/Patient.rs")
    told = inspect(visitor, f" Bearer {token} \n", "/fhir/r4/Patient?name=x")
    for text in (
        f"an access token {GOOD}: signed by this emulator",
        "Client mock-client",
        "Allowed , status 200, at production: it would be carried out",
        "system/Patient.rs r (read) and s (search) on Patient, of everybody GET Patient/{id}",
        "in 1 h",
        "typ at+jwt",
    ):
        assert text in told, text
    told = inspect(visitor, token, f"/fhir/r4/sandbox/Observation/{ADA}", "DELETE")
    assert "Refused by: scope , status 403, at sandbox" in told
    assert "a scope such as system/Observation.d" in told


def test_a_forged_and_an_expired_token_say_why_they_are_not_accepted(visitor: Visitor) -> None:
    token = visitor.athena.token()
    head, body, signature = token.split(".")
    other = ("B" if signature[9] == "A" else "A").join((signature[:9], signature[10:]))
    told = inspect(visitor, f"{head}.{body}.{other}")
    assert "Not accepted: the access token's signature is wrong" in told
    assert "client_id mock-client" in told
    visitor.athena.clock.advance(3700 * NANOSECONDS)
    told = inspect(visitor, token, "/fhir/r4/Patient")
    assert re.search("Not accepted: the access token expired 10[01] s ago", told)
    assert "1 min 40 s ago" in told
    assert "Refused by: token , status 401" in told


def test_the_rate_limit_is_part_of_the_explanation(visitor: Visitor) -> None:
    visitor.athena.fill()
    told = inspect(visitor, visitor.athena.token(), "/fhir/r4/Patient")
    assert "Refused by: rate limit , status 429" in told


def test_tokens_of_a_sign_in_are_known_by_their_kind(visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE, scope="launch/patient patient/*.rs openid fhirUser offline_access")
    told = visitor.redeem(visitor.allow()["code"])
    assert f"an ID token {GOOD}: signed by this emulator" in inspect(visitor, told["id_token"])
    assert "Refused by: token , status 401" in inspect(visitor, told["id_token"], "/fhir/r4/Patient")
    refresh = inspect(visitor, told["refresh_token"])
    assert f"a refresh token {GOOD}: good for mock-public at the token endpoint" in refresh
    page = visitor.open(PATH)
    assert f"mock-public Patient/{ANNETTE} production {ANNETTE} 5 scopes" in words(page)
    assert "Session" in refresh
    visitor.do(
        "revoke", token_id=None, client_id=None, session=re.findall(r'name="session" value="([^"]+)"', page.text)[0]
    )
    assert "a refresh token Not accepted: the sign-in of this refresh token was revoked" in inspect(
        visitor, told["refresh_token"]
    )
    assert not is_good(visitor.athena, told["access_token"])


def test_whatever_else_is_pasted_is_told_to_be_none(visitor: Visitor) -> None:
    for text, kind in (("x.y.z", "a JWT that is none of ours"), ("opaque", "no JWT"), ("<script>alert(1)", "no JWT")):
        assert inspect(visitor, text).startswith(kind)
        assert "<script>alert" not in visitor.page.text
    assert "There is no token to be looked at" in visitor.do("inspect", token=" ").text
    visitor.open(PATH)
    page = visitor.do("inspect", token="x", path="nowhere")
    assert (page.status_code, "path: expected" in page.text) == (400, True)


def test_a_token_is_in_no_address_no_journal_and_no_log(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    token = visitor.athena.token()
    inspect(visitor, token, "/fhir/r4/Patient")
    form = next(form for form in visitor.forms() if form.fields.get("do") == "inspect")
    assert form.method == "post"
    assert token not in str(links(visitor.page))
    assert token not in str(visitor.page.headers)
    assert visitor.athena.journal() == []
    assert token not in caplog.text
    assert visitor.athena.world.limiter.standings() == []


def test_one_token_is_expired_and_one_revoked(visitor: Visitor) -> None:
    athena = visitor.athena
    for do, said in (("expire", "expired"), ("revoke", "revoked")):
        token = athena.world.authorization.tokens.issue(Grant("mock-client", ("system/*.read",)))
        visitor.open(PATH)
        id = next(form.fields["token_id"] for form in visitor.forms() if "token_id" in form.fields)
        assert f"Token {id} is {said}." in words(visitor.do(do))
        assert f"{id} mock-client system/*.read in 1 h {said}" in words(visitor.page)
        assert not is_good(athena, token)
        assert f"is {said}" in inspect(visitor, token)


def test_all_tokens_of_a_client_end_and_those_of_others_stay(visitor: Visitor) -> None:
    athena = visitor.athena
    mine, other = [athena.token(client=id) for id in ("mock-readonly", "mock-client")]
    visitor.open(f"{PATH}?client=mock-readonly")
    assert "mock-client system" not in words(visitor.page)
    assert "1 access token is revoked, of mock-readonly." in words(
        visitor.do("revoke", client_id="mock-readonly", token_id=None)
    )
    assert (is_good(athena, mine), is_good(athena, other)) == (False, True)


def test_a_token_is_issued_and_shown_once(visitor: Visitor) -> None:
    token = issue(visitor, client_id="mock-readonly", scope="system/*.read")
    assert visitor.athena.get("/Patient", token).status_code == 200
    assert "system/Observation.rs" in inspect(visitor, token)  # no more than it registered
    assert token not in visitor.open(PATH).text


def test_a_token_is_issued_as_if_somebody_had_signed_in(visitor: Visitor) -> None:
    token = issue(visitor, client_id="mock-public", scope="patient/*.rs launch/patient", user=PROVIDER, patient=ADA)
    assert visitor.athena.get(f"/Patient/{ADA}", token).status_code == 200
    assert visitor.athena.get(f"/Patient/{BO}", token).status_code == 404
    page = visitor.open(PATH)
    assert f"mock-public Practitioner/{PROVIDER} production {ADA} 2 scopes" in words(page)
    visitor.do("revoke", token_id=None, session=session_on(page))
    assert not is_good(visitor.athena, token)
    assert "Nobody has allowed anything yet." in words(visitor.page)


@pytest.mark.parametrize(
    ("do", "typed", "said"),
    [
        ("issue", {"client_id": "nobody"}, "no client 'nobody' is registered"),
        ("issue", {"client_id": "mock-backend", "user": PROVIDER}, "not registered for authorization_code"),
        ("issue", {"client_id": "mock-public"}, "not registered for client_credentials"),
        ("issue", {"client_id": "mock-backend", "scope": "patient/*.rs"}, "cannot be granted"),
        ("issue", {"client_id": "mock-client", "user": "nobody"}, "Nobody called 'nobody'"),
        ("issue", {"client_id": "mock-client", "user": PROVIDER, "scope": "patient/*.rs"}, "choose one"),
        ("issue", {"client_id": "mock-client", "user": PROVIDER, "patient": "x"}, "There is no Patient 'x'"),
        ("issue", {"client_id": "mock-client", "user": ADA, "patient": BO}, f"may not act for Patient/{BO}"),
        ("issue", {"client_id": "mock-client", "patient": ADA}, "choose a user too"),
        ("sign-in", {"return": "mock-client https://evil.example/"}, "has no redirect URI"),
        ("inspect", {"do": "dance", "token": "x"}, "do='dance': expected one of"),
        ("inspect", {"do": "expire", "token": "x"}, "Which tokens are to end was not said"),
        ("inspect", {"do": "expire", "token_id": "x"}, "There is no token 'x'"),
    ],
)
def test_what_cannot_be_done_is_said_and_not_done(visitor: Visitor, do: str, typed: dict[str, str], said: str) -> None:
    visitor.open(PATH)
    page = visitor.do(do, **typed)
    assert page.status_code in (400, 404)
    assert said in words(page)
    assert visitor.athena.world.authorization.tokens.listed() == {}


def test_an_application_is_launched_with_the_record_that_is_open(visitor: Visitor) -> None:
    visitor.athena.control("POST", "clients", LAUNCHED)
    page = visitor.open(f"{PATH}?patient={ADA}")
    assert "The record of Annette Caitlin Powers is open" in words(page)
    visit = re.findall(r'<option value="(a-500001\.encounter[^"]+)">', page.text)[0]
    (address,) = links(visitor.do("launch", user=PROVIDER, encounter=visit), "app.example")
    asked = parse_qs(urlsplit(address).query)
    assert (asked["a"], asked["iss"]) == (["1"], ["http://localhost/fhir/r4"])
    launch = visitor.athena.world.authorization.launches.look(asked["launch"][0], "growth-chart")
    assert (launch.context.patient, launch.context.encounter, launch.user.username) == (ADA, visit, PROVIDER)
    assert f"a launch {GOOD}: starts growth-chart as {PROVIDER}, once" in inspect(visitor, asked["launch"][0])


def test_only_what_can_be_started_is_offered(visitor: Visitor) -> None:
    assert "No application has a launch URL" in words(visitor.open(PATH))
    visitor.athena.control("POST", "clients", LAUNCHED)
    assert "There is no Patient x in production" in words(visitor.open(f"{PATH}?patient=x"))
    assert "No record is open." in words(visitor.page)
    page = visitor.do("launch", client_id="mock-client")
    assert (page.status_code, "registered no launch URL" in page.text) == (400, True)


def test_a_sign_in_is_begun_and_its_code_redeemed_by_the_command(visitor: Visitor) -> None:
    visitor.open(PATH)
    page = visitor.do("sign-in", **{"return": f"mock-public {CALLBACK}", "scope": "launch/patient patient/*.rs"})
    (address,) = links(page, "/oauth2/v1/authorize")
    (verifier,) = re.findall(r"code_verifier=([\w-]+)", page.text)
    assert "curl -d client_id=mock-public -d grant_type=authorization_code" in words(page)
    visitor.open(address.removeprefix("http://localhost"))
    visitor.press("username", username=ANNETTE, password="test-E-1")
    code = answer(visitor.press("decision", "allow"))["code"]
    assert visitor.redeem(code, code_verifier=verifier)["patient"] == ANNETTE


def test_clients_are_told_without_their_secrets(visitor: Visitor) -> None:
    page = visitor.open(PATH)
    for client in visitor.athena.world.authorization.clients.all():
        assert f"/portal/developer/app?id={client.client_id}" in page.text
        assert client.client_secret is None or client.client_secret not in page.text
        assert all(uri in page.text for uri in client.redirect_uris)


def test_the_sandbox_has_its_own_people(visitor: Visitor) -> None:
    page = visitor.open(f"{PATH}?environment=sandbox")
    assert "a-195900.E-1" in page.text
    own = {"user": "a-195900.E-1", "patient": "a-195900.E-1"}
    page = visitor.do("issue", client_id="mock-public", scope="patient/*.rs", **own)
    token = re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", page.text)[0]
    assert visitor.athena.send("GET", "/fhir/r4/sandbox/Patient/a-195900.E-1", token).status_code == 200


def test_many_tokens_do_not_fill_the_page(visitor: Visitor) -> None:
    for _ in range(103):
        visitor.athena.world.authorization.tokens.issue(Grant("mock-client", ("system/*.read",)))
    page = visitor.open(PATH)
    assert page.text.count(">Expire<") == 100
    assert "3 older ones are not shown" in words(page)
