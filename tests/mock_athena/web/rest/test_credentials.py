"""Credentials that contradict each other, or stand where they should not."""

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.mock_athena.web.in_process import ADA, Athena, outcome

PATH = f"/fhir/r4/Patient/{ADA}"


@pytest.mark.requirement("ERR-023")
@pytest.mark.parametrize(
    "sent", ["Bearer {}, Bearer {}", "Bearer {},Bearer other", "Basic bW9jazpz, Bearer {}", "Bearer {} , basic x"]
)
def test_two_credentials_are_refused(athena: Athena, sent: str) -> None:
    authorization = sent.replace("{}", athena.token())
    answer = athena.send("GET", PATH, headers={"Authorization": authorization})
    assert (answer.status_code, outcome(answer)["code"]) == (400, "invalid")
    assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]
    assert athena.token() not in answer.text
    assert athena.journal()[-1].verdict == "unauthenticated"


@pytest.mark.requirement("ERR-023")
def test_a_header_that_comes_twice_is_refused(athena: Athena) -> None:
    bearer = f"Bearer {athena.token()}"
    environ = EnvironBuilder(PATH, headers=[("Authorization", bearer), ("Authorization", bearer)]).get_environ()
    _, status, _ = run_wsgi_app(athena.app, environ)
    assert status.startswith("400")


@pytest.mark.requirement("ERR-023")
def test_a_token_in_the_header_and_in_the_url_is_refused(athena: Athena) -> None:
    answer = athena.get(f"/Patient/{ADA}?access_token={athena.token()}")
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["access_token"])


@pytest.mark.requirement("ERR-024", "HDR-012")
@pytest.mark.parametrize("name", ["access_token", "access%5Ftoken"])
def test_a_token_in_the_url_is_not_read(athena: Athena, name: str) -> None:
    answer = athena.send("GET", f"{PATH}?{name}={athena.token()}")
    assert (answer.status_code, outcome(answer)["code"]) == (401, "login")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="mock-athena"'
    assert "in the URL" in outcome(answer)["diagnostics"]
    assert athena.token() not in answer.text + str(athena.journal()[-1])


def test_other_parameters_may_have_token_in_their_names(athena: Athena) -> None:
    assert athena.get(f"/Patient/{ADA}?my_token=x&token=y").status_code == 200
