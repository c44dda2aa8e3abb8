"""What nobody foresaw: the caller gets an answer without internals, the log has them."""

import logging
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena, outcome


@pytest.mark.requirement("ERR-022")
def test_a_defect_is_told_without_internals_and_logged_with_them(
    athena: Athena, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("internal detail")

    monkeypatch.setattr("mock_athena.web.read.visible", broken)
    with caplog.at_level(logging.ERROR, "mock_athena"):
        answer = athena.get(f"/Patient/{ADA}\nforged")
    issue = outcome(answer)
    assert (answer.status_code, issue["code"]) == (500, "exception")
    assert answer.headers["X-Request-Id"] in issue["diagnostics"]
    for leak in ("ZeroDivision", "internal detail", "Traceback", ".py"):
        assert leak not in answer.text
    assert athena.last_reason() == "ZeroDivisionError('internal detail')"
    assert "ZeroDivisionError: internal detail" in caplog.text
    assert "\nforged" not in caplog.text
    assert answer.headers["X-RateLimit-Remaining"] == "15"


def test_a_defect_of_the_edge_itself_is_told_the_same_way(
    athena: Athena, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Any) -> None:
        raise KeyError("internal detail")

    monkeypatch.setattr(athena.world.authorization.tokens, "identify", broken)
    answer = athena.send("GET", "/fhir/r4/Patient")
    assert (answer.status_code, outcome(answer)["code"]) == (500, "exception")
    assert "internal detail" not in answer.text
    assert "internal detail" in caplog.text


def test_a_defect_speaks_the_language_of_its_route(athena: Athena, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("internal detail")

    monkeypatch.setattr(athena.world.authorization, "token", broken)
    monkeypatch.setattr(athena.world.limiter, "standings", broken)
    oauth = athena.send("POST", "/oauth2/v1/token", data={"grant_type": "client_credentials"})
    control = athena.control("GET", "limits")
    assert (oauth.status_code, oauth.get_json()["error"]) == (500, "server_error")
    assert (control.status_code, set(control.get_json())) == (500, {"error"})
