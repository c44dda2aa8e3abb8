"""CORS: scripts of web pages from other sites."""

import re
from itertools import product

import pytest

from mock_athena.ratelimit import QuotaKey
from mock_athena.ratelimit.headers import decision_headers
from mock_athena.web.cors import EXPOSED
from tests.mock_athena.web.in_process import ADA, Athena

SITE = {"Origin": "https://app.example"}
ASKED = {**SITE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,prefer"}
PATHS = [
    f"/fhir/r4/Patient/{ADA}",
    f"/fhir/r4/sandbox/Patient/{ADA}",
    "/fhir/r4/Patient",
    "/fhir/r4/Patient/_search",
    "/fhir/r4/metadata",
    "/fhir/r4/.well-known/smart-configuration",
    "/fhir/r4/Patient/$export",
    "/fhir/r4/bulkstatus/x",
    "/fhir/r4/bulkdata/x/Patient.ndjson",
    "/fhir/r4",
    "/oauth2/v1/token",
    "/oauth2/v1/keys",
    "/documents/report_123.pdf",
    "/nowhere",
]


@pytest.mark.requirement("HDR-016")
@pytest.mark.parametrize("path", PATHS)
def test_a_browser_may_ask_beforehand_without_a_token(athena: Athena, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
        answer = athena.send("OPTIONS", path, headers={**ASKED, "Access-Control-Request-Method": method})
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert {"authorization", "prefer", "content-type", "if-none-match", "*"} <= set(allowed)
        assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_asking_beforehand_costs_nothing(athena: Athena) -> None:
    for _ in range(40):
        assert athena.send("OPTIONS", f"/fhir/r4/Patient/{ADA}", headers=ASKED).status_code == 204
    assert athena.get(f"/Patient/{ADA}").headers["X-RateLimit-Remaining"] == "15"
    entry = athena.journal()[0]
    assert (entry.method, entry.status, entry.route, entry.verdict) == ("OPTIONS", 204, "preflight", "unlimited")


@pytest.mark.requirement("HDR-016")
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_may_be_read_refusals_too(athena: Athena, path: str) -> None:
    for method, token in product(("GET", "POST", "DELETE"), (None, athena.token())):
        answer = athena.send(method, path, token, headers=SITE)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        wanted = {"ETag", "Location", "Content-Location", "Retry-After", "X-Progress", "X-RateLimit-Remaining"}
        assert wanted <= exposed
        ours = {
            name
            for name in dict(answer.headers)
            if re.match(r"X-(Mock|Rate|Req|Prog)|RateLimit|ETag|Server-Timing|WWW-", name)
        }
        assert ours <= exposed


@pytest.mark.requirement("HDR-016")
def test_the_limits_can_be_read_at_a_429(athena: Athena) -> None:
    athena.fill()
    answer = athena.get(f"/Patient/{ADA}", headers=SITE)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (429, "*")
    names = {
        name
        for name, _ in decision_headers(athena.world.limiter.hit(QuotaKey("production", "client", "mock-client"), 1))
    }
    assert names <= set(EXPOSED)
    assert "Retry-After" in names


def test_who_is_no_web_page_is_told_nothing_of_it(athena: Athena) -> None:
    names = athena.get(f"/Patient/{ADA}").headers.keys()
    assert not [name for name in names if name.startswith("Access-Control")]


def test_the_control_api_is_for_no_other_site(athena: Athena) -> None:
    for method in ("OPTIONS", "GET", "POST"):
        answer = athena.send(method, "/_mock/clock", headers=ASKED)
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


def test_options_that_is_no_question_of_a_browser_is_as_before(athena: Athena) -> None:
    assert athena.send("OPTIONS", f"/fhir/r4/Patient/{ADA}").status_code == 401
    answer = athena.send("OPTIONS", f"/fhir/r4/Patient/{ADA}", athena.token())
    assert (answer.status_code, {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))) == (200, True)
