"""Every path answers 405 with the right Allow to a method that it does not take."""

import pytest
from flask import Flask

from mock_athena.web.flask_app import flask_app
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, Athena

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
PATHS = [
    "/fhir/r4/metadata",
    "/fhir/r4/.well-known/smart-configuration",
    f"/fhir/r4/Patient/{ADA}",
    f"/fhir/r4/Patient/{ADA}/_history",
    f"/fhir/r4/Patient/{ADA}/_history/1",
    "/fhir/r4/Patient",
    "/fhir/r4/Patient/_history",
    "/fhir/r4/Patient/_search",
    "/fhir/r4/$export",
    "/fhir/r4/Patient/$export",
    "/fhir/r4/Group/x/$export",
    "/fhir/r4/bulkstatus/x",
    "/fhir/r4/bulkdata/x/Patient.ndjson",
    "/documents/report_123.pdf",
    "/oauth2/v1/authorize",
    "/oauth2/v1/token",
    "/oauth2/v1/keys",
    "/_mock/clock",
    "/_mock/reset",
]


def allowed_at(athena: Athena, path: str) -> set[str]:
    """The methods for which there is a route, by Flask's own table."""
    app: Flask = flask_app(athena.world)
    allowed: set[str] = set(app.url_map.bind("localhost").allowed_methods(path))
    return allowed


@pytest.mark.requirement("RED-025", "ERR-011")
@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_is_not_taken_is_told_which_are(make_athena: MakeAthena, path: str) -> None:
    athena = make_athena(limits="off")
    allowed = allowed_at(athena, path)
    assert allowed
    refused = 0
    for method in METHODS:
        answer = athena.send(method, path, athena.token())
        if method in allowed:
            assert answer.status_code != 405, method
            continue
        refused += 1
        assert answer.status_code == 405, method
        assert set(answer.headers["Allow"].split(", ")) == allowed
        assert answer.headers["Cache-Control"] == "no-store"
        assert method == "HEAD" or method in answer.text
    assert refused


@pytest.mark.requirement("ERR-011")
def test_metadata_cannot_be_written(athena: Athena) -> None:
    answer = athena.send("PUT", "/fhir/r4/metadata")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "HEAD", "OPTIONS"})


@pytest.mark.parametrize("path", ["/$export", "/Patient/$export", "/Group/x/$export"])
def test_a_head_starts_no_export(athena: Athena, path: str) -> None:
    answer = athena.send("HEAD", f"/fhir/r4{path}", athena.token(), headers={"Prefer": "respond-async"})
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "OPTIONS", "POST"})
    assert athena.control("GET", "jobs").get_json()["jobs"] == []


@pytest.mark.requirement("RED-026")
def test_the_token_is_looked_at_before_the_method(athena: Athena) -> None:
    assert athena.send("BREW", f"/fhir/r4/Patient/{ADA}").status_code == 401
