"""A page in a browser on this machine must not control the emulator: neither by a form nor by a rebound name."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


def status(athena: Athena, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return athena.send("POST", "/_mock/clock", data=b'{"advance": 1}', headers=named).status_code


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "127.9.9.9:1", "[::1]", "[::1]:8080", ""]
)
def test_names_of_this_machine_are_answered(athena: Athena, host: str) -> None:
    assert status(athena, Host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.0.2.1", "[::1", "[2001:db8::1]", "a b"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "journal"), ("GET", "clients"), ("POST", "reset")])
def test_another_name_for_this_machine_is_refused(athena: Athena, host: str, method: str, path: str) -> None:
    answer = athena.send(method, f"/_mock/{path}", headers={"Host": host})
    assert answer.status_code == 403
    assert "--control-token" in answer.get_json()["error"]


def test_the_names_that_we_were_given_are_answered(make_athena: Any) -> None:
    athena = make_athena(host="emulator.test", external_url="https://ehr.test:8443")
    assert status(athena, Host="Emulator.test:8080") == 200
    assert status(athena, Host="ehr.test") == 200
    assert status(athena, Host="other.test") == 403


def test_a_name_that_a_trusted_proxy_was_reached_under_counts_as_well(make_athena: Any) -> None:
    athena = make_athena(trusted_proxies=("127.0.0.1",))
    page = {"Host": "127.0.0.1:8080", "X_Forwarded_For": "127.0.0.1", "Origin": "http://evil.example"}
    assert status(athena, **page, X_Forwarded_Host="evil.example") == 403
    assert status(athena, Host="127.0.0.1:8080", X_Forwarded_For="127.0.0.1", X_Forwarded_Host="localhost") == 200


@pytest.mark.parametrize("field", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_whom_a_proxy_on_this_machine_lets_in_is_not_on_this_machine(make_athena: Any, field: str) -> None:
    athena = make_athena(external_url="https://ehr.test")
    for client in ("203.0.113.9", "127.0.0.1"):  # a client can say anything
        answer = athena.send("POST", "/_mock/reset", headers={"Host": "ehr.test", field: client})
        assert answer.status_code == 403
        assert "--trusted-proxies" in answer.get_json()["error"]


@pytest.mark.parametrize("origin", ["http://localhost:8080", "http://localhost:8080/"])
def test_a_page_of_our_own_is_answered(athena: Athena, origin: str) -> None:
    assert status(athena, Host="localhost:8080", Origin=origin, Sec_Fetch_Site="same-origin") == 200


def test_a_page_of_our_own_is_answered_under_both_names(make_athena: Any) -> None:
    athena = make_athena(external_url="https://ehr.test")
    assert status(athena, Host="127.0.0.1:8080", Origin="http://127.0.0.1:8080") == 200
    assert status(athena, Host="ehr.test", Origin="https://ehr.test") == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:3000", "https://localhost:8080", "localhost:8080", "x"]
)
def test_a_page_of_another_origin_is_refused(athena: Athena, origin: str) -> None:
    answer = athena.send("POST", "/_mock/reset", headers={"Host": "localhost:8080", "Origin": origin})
    assert answer.status_code == 403
    assert "--control-token" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("site", "expected"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_the_browser_says_from_where_a_request_comes(athena: Athena, site: str, expected: int) -> None:
    assert status(athena, Sec_Fetch_Site=site) == expected


def test_whoever_sends_the_control_token_may_come_from_anywhere(make_athena: Any) -> None:
    athena = make_athena(control_token="let-me-in")
    headers = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert athena.send("POST", "/_mock/reset", "let-me-in", headers=headers).status_code == 200
    assert athena.send("POST", "/_mock/reset", headers=headers).status_code == 401


@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded", "application/json"])
def test_a_body_is_read_whatever_type_it_came_as(athena: Athena, content_type: str | None) -> None:
    answer = athena.send("POST", "/_mock/clock", data=b'{"advance": 1}', content_type=content_type)
    assert answer.status_code == 200
