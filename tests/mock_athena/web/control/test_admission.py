"""Who may use the control API."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may(athena: Athena, address: str) -> None:
    assert athena.send("GET", "/_mock/health", environ={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize(
    "address", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "2001:db8::1", "", "unix:", "localhost"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "health"), ("GET", "journal"), ("POST", "reset")])
def test_others_may_not(athena: Athena, address: str, method: str, path: str) -> None:
    answer = athena.send(method, f"/_mock/{path}", environ={"REMOTE_ADDR": address})
    assert (answer.status_code, "--control-token" in answer.get_json()["error"]) == (403, True)


def test_with_a_control_token_whoever_sends_it_may(make_athena: Any) -> None:
    athena = make_athena(control_token="let-me-in")
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    assert athena.send("GET", "/_mock/health", "let-me-in", environ=elsewhere).status_code == 200
    for token in (None, "", "let-me", "let-me-in2", "\xe4"):
        answer = athena.send("GET", "/_mock/health", token)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "let-me-in" not in answer.text


def test_control_is_answered_however_much_quota_is_used(athena: Athena) -> None:
    athena.fill()
    for _ in range(100):
        assert athena.control("GET", "health").status_code == 200
