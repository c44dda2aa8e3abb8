"""Tokens in the control API: listed without being told, expired and revoked."""

from typing import Any

import pytest

from mock_athena.auth.grant import Grant
from tests.mock_athena.web.in_process import Athena

ANY = "/Organization?_count=1"


def issue(athena: Athena, client: str = "mock-client", session: str = "") -> str:
    return athena.world.authorization.tokens.issue(Grant(client, ("system/*.rs",), session=session))


def listed(athena: Athena) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = athena.control("GET", "tokens").get_json()["tokens"]
    return found


def test_tokens_are_listed_until_they_expire(athena: Athena) -> None:
    token = issue(athena)
    (told,) = listed(athena)
    assert (told["client_id"], told["scope"], told["user"]) == ("mock-client", "system/*.rs", None)
    assert told["token_id"] == athena.world.authorization.identify(f"Bearer {token}").token_id
    assert token not in athena.control("GET", "tokens").text
    athena.control("POST", "clock", {"to": told["expires"]})
    assert listed(athena) == []


@pytest.mark.parametrize("how", ["expire", "revoke"])
@pytest.mark.parametrize("by", ["token_id", "token", "client_id", "session"])
def test_some_tokens_end_now_and_others_do_not(athena: Athena, how: str, by: str) -> None:
    token, other = issue(athena, "mine", "s-1"), issue(athena)
    assert athena.get(ANY, token).status_code == 200  # so it is remembered
    value = {"token": token, "client_id": "mine", "session": "s-1", "token_id": listed(athena)[0]["token_id"]}[by]
    assert athena.control("POST", f"tokens/{how}", {by: value}).get_json() == {"ended": 1}
    refused = athena.get(ANY, token)
    assert refused.status_code == 401
    assert f"is {how}d" in refused.text
    assert athena.get(ANY, other).status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, {"client": "x"}, {"client_id": 5}, {"client_id": "a", "session": "b"}, {"client_id": "a", "how": "x"}]
)
def test_what_is_meant_must_be_clear(athena: Athena, sent: dict[str, Any]) -> None:
    answer = athena.control("POST", "tokens/expire", sent)
    assert answer.status_code == 400
    assert "expected one of token_id, token, client_id, session" in answer.get_json()["error"]


def test_a_text_that_is_no_token_is_not_found(athena: Athena) -> None:
    assert athena.control("POST", "tokens/revoke", {"token": "guess"}).status_code == 404


def test_a_client_is_read_changed_and_deleted(athena: Athena) -> None:
    athena.control("POST", "clients", {"client_id": "mine", "client_secret": "s", "scope": "system/Patient.rs"})
    token = issue(athena, "mine")
    changed = athena.control("PUT", "clients/mine", {"scope": "system/*.rs"}).get_json()
    assert (changed["scope"], changed["client_secret"]) == ("system/*.rs", "s")
    assert athena.control("GET", "clients/mine").get_json() == changed
    assert athena.control("PUT", "clients/mine", {"client_id": "other"}).status_code == 400
    assert athena.control("PUT", "clients/mine", {"scope": "nonsense"}).status_code == 400
    assert athena.control("DELETE", "clients/mine").get_json() == {"deleted": "mine"}
    for method in ("GET", "PUT", "DELETE"):
        assert athena.control(method, "clients/mine", {} if method == "PUT" else None).status_code == 404
    assert athena.get(ANY, token).status_code == 401


def test_a_client_of_a_file_comes_back_with_a_reset(athena: Athena) -> None:
    assert athena.control("DELETE", "clients/mock-readonly").status_code == 200
    assert athena.control("GET", "clients/mock-readonly").status_code == 404
    athena.control("PUT", "clients/mock-client", {"redirect_uris": [], "grant_types": ["client_credentials"]})
    athena.control("POST", "reset")
    assert athena.control("GET", "clients/mock-readonly").status_code == 200
    assert athena.control("GET", "clients/mock-client").get_json()["redirect_uris"]


def test_a_client_whose_id_has_slashes_is_read_changed_and_deleted(athena: Athena) -> None:
    id = "https://app.example/client"
    assert athena.control("POST", "clients", {"client_id": id}).status_code == 201
    assert athena.control("GET", f"clients/{id}").get_json()["client_id"] == id
    assert athena.control("PUT", f"clients/{id}", {"scope": "system/*.rs"}).get_json()["scope"] == "system/*.rs"
    assert athena.control("DELETE", f"clients/{id}").get_json() == {"deleted": id}
