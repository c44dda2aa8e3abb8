"""Conditional read: https://hl7.org/fhir/R4/http.html#cread."""

from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from werkzeug.test import TestResponse

from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.rest.conftest import Past


def read(athena: Athena, **headers: str) -> TestResponse:
    return athena.get(f"/Patient/{ADA}", headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.requirement("RED-011")
@pytest.mark.parametrize(
    "known", ['{}', '"0", {}', 'W/"x" , {}, "z"', "*", " * ", "{strong}", '"0",{strong}']
)  # fmt: skip
def test_a_version_that_is_known_is_not_sent_again(athena: Athena, known: str) -> None:
    etag = read(athena).headers["ETag"]
    answer = read(athena, If_None_Match=known.format(etag, strong=etag.removeprefix("W/")))
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert "Last-Modified" in answer.headers
    assert "Content-Type" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.requirement("RED-013")
@pytest.mark.parametrize("stale", ['W/"0"', '"0"', 'W/"11"', "1", "", '"', "'1'"])
def test_a_version_that_is_not_known_is_sent(athena: Athena, stale: str) -> None:
    assert read(athena).headers["ETag"] == 'W/"1"'
    answer = read(athena, If_None_Match=stale)
    assert (answer.status_code, answer.get_json()["id"]) == (200, ADA)


def test_a_new_version_is_sent_to_whoever_knows_the_old_one(athena: Athena, past: Past) -> None:
    etag = read(athena).headers["ETag"]
    past.put("Patient", ADA, active=True)
    assert read(athena, If_None_Match=etag).status_code == 200


@pytest.mark.requirement("RED-012")
@pytest.mark.parametrize(("seconds", "status"), [(0, 304), (1, 304), (-1, 200)])
def test_what_was_not_modified_since_is_not_sent(athena: Athena, seconds: int, status: int) -> None:
    modified = parsedate_to_datetime(read(athena).headers["Last-Modified"])
    since = format_datetime(modified + timedelta(seconds=seconds), usegmt=True)
    assert read(athena, If_Modified_Since=since).status_code == status


@pytest.mark.parametrize("since", ["yesterday", "", "2024-01-01T00:00:00Z", "Mon, 99 Jan 2999 00:00:00 GMT"])
def test_a_date_that_is_none_counts_for_nothing(athena: Athena, since: str) -> None:
    assert read(athena, If_Modified_Since=since).status_code == 200


def test_the_version_decides_before_the_date(athena: Athena) -> None:
    first = read(athena)
    since = first.headers["Last-Modified"]
    assert read(athena, If_None_Match='W/"0"', If_Modified_Since=since).status_code == 200
    old = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert read(athena, If_None_Match=first.headers["ETag"], If_Modified_Since=old).status_code == 304


def test_an_error_is_no_version(athena: Athena) -> None:
    assert athena.get("/Patient/nobody", headers={"If-None-Match": "*"}).status_code == 404
    assert athena.get("/Patient/nobody", "nonsense", headers={"If-None-Match": "*"}).status_code == 401
