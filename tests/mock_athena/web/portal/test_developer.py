"""The developer portal: an application is registered, found, changed, given another secret, and taken away."""

import json

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor

NEW, APP, LIST = "/portal/developer/new", "/portal/developer/app", "/portal/developer"
KEY = {
    "kty": "EC",
    "crv": "P-384",
    "kid": "a",
    "x": "eKv3syr7Kv4MlIgDtUuO5JnYKZWqBjK6Ao2XE_R3Rmz7qPWiTJzcmCqXRZ80LrN2",
    "y": "Ie6oUO_qj-T4WjIHrlxHkEqA4i8azJXPH5X6acbfravimIf6FZx1mE0DHcGazC1a",
}
KEYS = json.dumps({"keys": [KEY]})


def shown(page: str, id: str) -> str:
    return page.partition(f'id="{id}">')[2].partition("<")[0]


def register(visitor: Visitor, **typed: str | None) -> str:
    """The client id of a new application."""
    visitor.open(NEW)
    page = visitor.press("do", "save", **typed)
    assert page.status_code == 201, page.text
    return shown(page.text, "client-id")


def test_the_guides_application_is_registered_by_a_name_alone(visitor: Visitor) -> None:
    id = register(visitor, client_name="My App")
    secret = shown(visitor.page.text, "client-secret")
    client = visitor.athena.world.authorization.clients.get(id)
    assert client is not None
    assert client.client_secret == secret
    assert client.redirect_uris == ("https://your-app.com/api/ehr/callback",)
    assert client.scope == "launch/patient patient/*.read"
    assert f"ATHENAHEALTH_CLIENT_SECRET={secret}" in visitor.page.text
    for path in (LIST, f"{APP}?id={id}"):
        assert secret not in visitor.open(path).text


def test_a_backend_that_signs(visitor: Visitor) -> None:
    typed = {"people": None, "refresh": None, "backend": "yes", "redirect_uris": ""}
    scopes = {"scope launch/patient": None, "scope patient/*.read": None, "scope system/Patient.rs": "yes"}
    id = register(visitor, token_endpoint_auth_method="private_key_jwt", jwks=KEYS, **typed, **scopes)
    client = visitor.athena.world.authorization.clients.get(id)
    assert client is not None
    assert (client.client_secret, client.grant_types, client.scope) == (
        None,
        ("client_credentials",),
        "system/Patient.rs",
    )
    assert "There is no secret" in visitor.page.text


def test_scopes_without_a_box_are_typed(visitor: Visitor) -> None:
    id = register(visitor, more_scopes="patient/Observation.r  user/Condition.cruds")
    client = visitor.athena.world.authorization.clients.get(id)
    assert client is not None
    assert client.scope == "launch/patient patient/*.read patient/Observation.r user/Condition.cruds"
    visitor.open(APP, query_string={"id": id})
    assert visitor.forms()[-2].fields["more_scopes"] == "patient/Observation.r user/Condition.cruds"


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("redirect_uris", {"redirect_uris": "not-a-url"}, "expected an absolute URL without fragment"),
        ("redirect_uris", {"redirect_uris": ""}, "there must be an address to send them back to"),
        ("initiate_login_uri", {"initiate_login_uri": "javascript:alert(1)"}, "initiate_login_uri"),
        ("grant_types", {"people": None, "refresh": None}, "Tick at least one"),
        ("grant_types", {"people": None, "backend": None}, "refresh_token needs authorization_code"),
        ("scope", {"scope launch/patient": None, "scope patient/*.read": None}, "Choose at least one"),
        ("scope", {"more_scopes": "patient/Starship.rs"}, "Starship"),
        ("scope", {"more_scopes": "everything"}, "scope: everything: expected"),
        ("jwks", {"jwks": "{"}, "This is not JSON"),
        ("jwks", {"jwks": "[" * 20_000}, "This is not JSON"),
        ("jwks", {"jwks": '{"keys": []}'}, "jwks"),
        ("jwks", {"token_endpoint_auth_method": "private_key_jwt"}, "private_key_jwt needs jwks"),
        ("jwks_uri", {"jwks_uri": "nowhere"}, "jwks_uri"),
        ("client_id", {"client_id": "mock-client"}, "is registered with other metadata"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(
    visitor: Visitor, field: str, typed: dict[str, str | None], told: str
) -> None:
    before = visitor.athena.world.authorization.clients.all()
    visitor.open(NEW)
    page = visitor.press("do", "save", client_name="Kept <Name>", **typed)
    assert page.status_code == 422
    fault = page.text.partition(f'id="{field}-fault">')[2].partition("</span>")[0]
    assert told in fault
    assert f'aria-describedby="{field}-fault"' in page.text
    form = visitor.forms()[-1]
    assert form.fields["client_name"] == "Kept <Name>"
    for name, text in typed.items():
        assert form.fields.get(name) == text
    assert visitor.athena.world.authorization.clients.all() == before


def test_several_faults_are_told_at_once(visitor: Visitor) -> None:
    visitor.open(NEW)
    page = visitor.press("do", "save", redirect_uris="x", jwks="{", more_scopes="y", people=None, refresh=None)
    assert page.text.count('class="fault"') == 4


def test_an_application_is_changed_and_keeps_its_secret(visitor: Visitor) -> None:
    id = register(visitor, client_name="Old")
    before = visitor.athena.world.authorization.clients.get(id)
    visitor.open(APP, query_string={"id": id})
    visitor.press("do", "save", client_name="New", redirect_uris="https://a.example/cb\nhttps://b.example/cb")
    assert visitor.page.request.path == LIST
    after = visitor.athena.world.authorization.clients.get(id)
    assert before is not None
    assert after is not None
    assert (after.client_name, len(after.redirect_uris)) == ("New", 2)
    assert after.client_secret == before.client_secret


def test_what_the_form_does_not_show_is_kept(visitor: Visitor) -> None:
    metadata = {"client_id": "papers", "policy_uri": "https://a.example/policy", "contacts": ["me@a.example"]}
    assert visitor.athena.control("POST", "clients", metadata).status_code == 201
    visitor.open(APP, query_string={"id": "papers"})
    visitor.press("do", "save", client_name="Papers")
    client = visitor.athena.world.authorization.clients.get("papers")
    assert client is not None
    assert (client.client_name, dict(client.about)["contacts"]) == ("Papers", ("me@a.example",))


def test_a_new_secret_takes_the_place_of_the_old_one(visitor: Visitor) -> None:
    id = register(visitor, client_name="Rotated", backend="yes", **{"scope system/*.rs": "yes"})
    old = shown(visitor.page.text, "client-secret")
    visitor.open(APP, query_string={"id": id})
    new = shown(visitor.press("do", "rotate").text, "client-secret")
    assert new not in ("", old)
    form = {"grant_type": "client_credentials"}
    assert visitor.athena.send("POST", "/oauth2/v1/token", data=form, auth=(id, old)).status_code == 401
    assert visitor.athena.send("POST", "/oauth2/v1/token", data=form, auth=(id, new)).status_code == 200


def test_a_deleted_application_is_gone_with_its_tokens(visitor: Visitor) -> None:
    id = register(visitor, client_name="Gone", backend="yes", **{"scope system/*.rs": "yes"})
    form, secret = {"grant_type": "client_credentials"}, shown(visitor.page.text, "client-secret")
    token = visitor.athena.send("POST", "/oauth2/v1/token", data=form, auth=(id, secret)).get_json()["access_token"]
    visitor.open(APP, query_string={"id": id})
    visitor.press("do", "delete")
    assert id not in visitor.page.text
    assert visitor.athena.get("/Patient", token).status_code == 401
    assert visitor.open(APP, query_string={"id": id}).status_code == 404


def test_in_the_shape_of_the_real_api_an_application_has_two_legs_or_three(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(profile="athena"))
    visitor.open(NEW)
    assert "either with people or without" in visitor.page.text
    assert "patient/*.rs" not in visitor.page.text
    page = visitor.press("do", "save", backend="yes", **{"scope system/Patient.rs": "yes"})
    assert page.status_code == 422
    assert "two legs" in page.text.partition('id="grant_types-fault">')[2].partition("</span>")[0]


def test_other_machines_may_not_register(clinic: Athena) -> None:
    page = Visitor(clinic).open(NEW, environ={"REMOTE_ADDR": "203.0.113.5"})
    assert page.status_code == 403
    assert "--control-token" in page.text
    assert page.content_type == "text/html; charset=utf-8"


def test_a_name_that_is_not_ours_may_not_register(clinic: Athena) -> None:
    assert Visitor(clinic).open(LIST, headers={"Host": "evil.example"}).status_code == 403


def test_with_a_control_token_it_is_told_first(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(control_token="let me in"))
    page = visitor.open(NEW, environ={"REMOTE_ADDR": "203.0.113.5"})
    assert "tells it first" in page.text
    assert visitor.press("control_token", control_token="guess").status_code == 403
    assert "mock-client" in visitor.press("control_token", control_token="let me in").text
    assert register(visitor, client_name="Trusted")
