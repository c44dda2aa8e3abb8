"""With --journal-fields the journal keeps the header fields that tell how a client behaves, and no secret."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from mock_athena import Settings, create_app
from mock_athena.journal import Entry
from tests.mock_athena.web.in_process import Athena


@pytest.fixture(scope="module")
def athena() -> Iterator[Athena]:
    app = create_app(Settings(clock="manual", patients=2, journal_fields=True))
    yield Athena(app)
    app.close()


def last(athena: Athena) -> Entry:
    return athena.world.journal.entries()[-1]


def test_manners_of_a_request_are_kept_and_of_its_token_the_scheme(athena: Athena) -> None:
    told = athena.get("/Patient/nobody", headers={"Prefer": "handling=strict", "Range": "bytes=0-9"})
    assert told.status_code == 404
    asked = dict(last(athena).asked)
    assert (asked["Prefer"], asked["Range"], asked["Authorization"]) == ("handling=strict", "bytes=0-9", "Bearer")
    assert athena.token() not in str(last(athena).as_json())


def test_the_next_page_is_kept_also_of_a_search_that_was_just_asked(athena: Athena) -> None:
    for _ in range(2):
        bundle: dict[str, Any] = athena.get("/Observation?_count=2").get_json()
        following = next(link["url"] for link in bundle["link"] if link["relation"] == "next")
        assert dict(last(athena).answered)["next"] in unquote(following)


def test_retry_after_is_kept_of_the_limit_and_of_a_fault(athena: Athena) -> None:
    for _ in range(17):
        answer = athena.get("/Patient/nobody")
    assert dict(last(athena).answered)["Retry-After"] == answer.headers["Retry-After"]
    athena.clock.advance(10_000_000_000)
    rule = {"kind": "status", "with": {"status": 503, "retry_after": "soon"}, "times": 1}
    assert athena.control("POST", "faults", rule).status_code == 201
    athena.get("/Patient/nobody")
    assert dict(last(athena).answered)["Retry-After"] == "soon"


def test_a_redirect_leads_to_the_same_path_elsewhere(athena: Athena) -> None:
    rule = {"kind": "redirect", "with": {"origin": "http://elsewhere.test"}, "times": 1}
    assert athena.control("POST", "faults", rule).status_code == 201
    answer = athena.get("/Patient?_count=1")
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://elsewhere.test/fhir/r4/Patient?_count=1")
    assert dict(last(athena).answered)["Location"] == "http://elsewhere.test/fhir/r4/Patient"


def test_without_it_nothing_is_kept() -> None:
    app = create_app(Settings(clock="manual", patients=1))
    plain = Athena(app)
    plain.get("/Patient/nobody")
    assert (last(plain).asked, last(plain).answered) == ((), ())
    app.close()
