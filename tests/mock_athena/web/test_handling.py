"""``--handling``: what is done where specifications leave the choice and the caller does not say."""

from typing import Any

import pytest

from mock_athena.errors import ConfigurationError
from tests.mock_athena.web.in_process import Athena, outcome

WIDE = "system/Patient.rs system/Patient.c"


@pytest.fixture
def strict(make_athena: Any) -> Athena:
    made: Athena = make_athena(handling="strict")
    return made


@pytest.fixture
def lenient(make_athena: Any) -> Athena:
    made: Athena = make_athena(handling="lenient")
    return made


def asked(athena: Athena, path: str, *preferences: str) -> Any:
    return athena.get(path, headers={"Prefer": ", ".join(preferences)} if preferences else {})


def token(athena: Athena) -> Any:
    metadata = {"client_id": "narrow", "grant_types": ["client_credentials"], "scope": "system/Patient.rs"}
    secret = athena.control("POST", "clients", metadata).get_json()["client_secret"]
    form = {"grant_type": "client_credentials", "scope": WIDE}
    return athena.send("POST", "/oauth2/v1/token", data=form, auth=("narrow", secret))


def test_strict_refuses_and_a_request_may_prefer_otherwise(strict: Athena) -> None:
    for path in ("/Patient?starship=1", "/Patient/_history?starship=1"):
        answer = asked(strict, path)
        assert (answer.status_code, outcome(answer)["expression"]) == (400, ["starship"]), path
        assert asked(strict, path, "handling=lenient").status_code == 200, path
    assert asked(strict, "/$export?starship=1", "respond-async").status_code == 400
    assert asked(strict, "/$export?starship=1", "respond-async", "handling=lenient").status_code == 202
    assert token(strict).get_json()["error"] == "invalid_scope"
    assert "refused unless 'Prefer: handling=lenient'" in strict.get("/metadata").text
    assert "are refused, unless `Prefer: handling=lenient`" in strict.control("GET", "openapi.json").text


def test_lenient_leaves_out_and_says_so(lenient: Athena) -> None:
    entries = asked(lenient, "/Patient?starship=1").get_json()["entry"]
    assert "starship" in str([entry["resource"] for entry in entries if entry["search"]["mode"] == "outcome"])
    assert asked(lenient, "/Patient?starship=1", "handling=strict").status_code == 400
    assert asked(lenient, "/$export?starship=1", "respond-async").status_code == 202
    assert asked(lenient, "/$export?starship=1", "respond-async", "handling=strict").status_code == 400
    assert token(lenient).get_json()["scope"] == "system/Patient.rs"


def test_it_is_above_the_profile(make_athena: Any) -> None:
    assert token(make_athena(profile="athena")).get_json()["error"] == "invalid_scope"
    assert token(make_athena(profile="athena", handling="lenient")).get_json()["scope"] == "system/Patient.rs"
    with pytest.raises(ConfigurationError, match="handling 'harsh' is unknown; expected 'strict' or 'lenient'"):
        make_athena(handling="harsh")
