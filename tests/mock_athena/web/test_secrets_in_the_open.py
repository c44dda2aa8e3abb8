"""No token, code, secret or assertion is found in the journal, in the log or in the list of tokens."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import CALLBACK, VERIFIER, asked

OAUTH = "/oauth2/v1"


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(auto_approve=True, log_requests=True, access_log="combined")
    return made


def test_secrets_stay_where_they_belong(athena: Athena, capfd: pytest.CaptureFixture[str]) -> None:
    secret, assertion = "a-secret-that-nobody-else-has", "head.body.signature-of-somebody"
    athena.control("POST", "clients", {"client_id": "mine", "client_secret": secret})
    redirect = athena.send("GET", f"{OAUTH}/authorize", query_string=asked(scope="openid patient/*.rs offline_access"))
    code = parse_qs(urlsplit(redirect.location).query)["code"][0]
    sent = {"grant_type": "authorization_code", "client_id": "mock-public", "code": code, "redirect_uri": CALLBACK}
    told = athena.send("POST", f"{OAUTH}/token", data=sent | {"code_verifier": VERIFIER}).get_json()
    tokens = [told["access_token"], told["refresh_token"], told["id_token"]]
    for token in tokens:
        athena.send("POST", f"{OAUTH}/introspect", data={"token": token, "client_id": "mock-public"})
        athena.send("GET", f"{OAUTH}/introspect?token={token}")
        athena.send("GET", f"/fhir/r4/Patient?access_token={token}")
        athena.send("GET", "/fhir/r4/Patient?_count=1", token)
    athena.send("POST", f"{OAUTH}/token", data={"grant_type": "client_credentials"}, auth=("mine", secret))
    athena.send("POST", f"{OAUTH}/token", data={"grant_type": "client_credentials", "client_assertion": assertion})
    athena.send("GET", f"{OAUTH}/token?client_secret={secret}&client_assertion={assertion}")
    athena.send("POST", f"{OAUTH}/token", data=sent | {"code_verifier": VERIFIER})  # a replay
    athena.send("POST", f"{OAUTH}/revoke", data={"token": told["refresh_token"], "client_id": "mock-public"})
    listed = athena.control("GET", "tokens")
    journal = athena.control("GET", "journal")
    assert len(journal.get_json()["entries"]) > 15
    everywhere = listed.text + journal.text + repr(athena.journal()) + "".join(capfd.readouterr())
    for kept in (*tokens, code, secret, assertion, VERIFIER):
        assert kept not in everywhere
        assert json.dumps(kept)[1:-1] not in everywhere
