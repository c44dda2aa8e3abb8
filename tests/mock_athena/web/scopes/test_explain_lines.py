"""What ``mock-athena token --explain`` prints, and how it ends."""

from typing import Any

import pytest

from mock_athena.token_explanation import explain, is_good, lines
from tests.mock_athena.command_line import Run, complaint
from tests.mock_athena.web.in_process import ADA, BO, Athena
from tests.mock_athena.web.scopes.conftest import Asking


def told(athena: Athena, asking: Asking, *request: str) -> Any:
    sent = {"token": asking.token}
    more = {"request": dict(zip(("method", "path"), request, strict=True))} if request else {}
    return athena.control("POST", "explain", sent | more).get_json()


def test_a_token_is_told_line_by_line(athena: Athena) -> None:
    found = told(athena, Asking(athena, "patient/Observation.r launch/patient", ADA))
    printed = "\n".join(lines(found))
    for line in (
        "access token of client mock-client: good",
        f"r (read) on Observation, of Patient/{ADA}",
        "GET Observation/{id}",
        "by the emulator's clock",
    ):
        assert line in printed
    assert is_good(found)


def test_a_request_is_told_with_its_rule(athena: Athena) -> None:
    found = told(athena, Asking(athena, "patient/Observation.r", ADA), "GET", "/fhir/r4/Observation")
    printed = "\n".join(lines(found))
    assert "GET /fhir/r4/Observation (production): refused by the rule 'scope', 403" in printed
    assert "missing: 's' on Observation; ask for patient/Observation.rs" in printed
    assert not is_good(found)
    hidden = told(athena, Asking(athena, "patient/*.rs", ADA), "GET", f"/fhir/r4/Patient/{BO}")
    assert "refused by the rule 'out of reach', 404" in "\n".join(lines(hidden))


def test_what_is_no_token_is_told(athena: Athena) -> None:
    found = athena.control("POST", "explain", {"token": "x"}).get_json()
    assert next(lines(found)).endswith("not good")
    assert not is_good(found)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["GET", "/fhir/r4/Patient"], "a request can be given with --explain TOKEN only"),
        (["--explain", "t", "GET"], "METHOD and URL behind it, or nothing"),
        (["--explain", "t", "--url", "file:///x"], "expected an origin"),
        (["--explain", "t", "--url", "http://127.0.0.1:1"], "is the emulator running there?"),
    ],
)
def test_what_cannot_be_asked_is_refused_on_one_line(run: Run, arguments: list[str], said: str) -> None:
    assert said in complaint(run("token", *arguments))


def test_an_origin_that_is_none_is_refused() -> None:
    with pytest.raises(Exception, match="expected an origin"):
        explain("ftp://x", "t")
