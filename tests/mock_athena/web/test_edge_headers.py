"""Which answers tell the quota, and which say nothing of it."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit")
TOLD = (*LIMIT_HEADERS, "X-Mock-Decided-At")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"/Patient/{ADA}", 200),
        ("GET", "/Patient", 200),
        ("GET", "/$export", 202),
        ("GET", "/Patient/nobody", 404),
        ("GET", "/Starship/1", 404),
        ("GET", "/Patient?birthdate=soon", 400),
        ("POST", f"/Patient/{ADA}", 405),
        ("GET", "/bulkstatus/none", 404),
        ("GET", "", 405),
    ],
)
def test_every_answer_of_a_limited_route_is_told_the_quota(athena: Athena, method: str, path: str, status: int) -> None:
    headers = {"Prefer": "respond-async"}
    for base in ("/fhir/r4", "/fhir/r4/sandbox"):
        answer = athena.send(method, base + path, athena.token(), headers=headers)
        assert base.endswith("sandbox") or answer.status_code == status, answer.text
        assert all(len(answer.headers.getlist(name)) == 1 for name in TOLD)
        assert answer.headers["X-RateLimit-Remaining"] == "15"


def test_documents_are_limited_too(athena: Athena) -> None:
    answer = athena.send("GET", "/documents/report_123.pdf", athena.token())
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, "15")


def test_a_refused_token_is_told_that_nothing_was_spent(athena: Athena) -> None:
    answer = athena.send("GET", "/fhir/r4/Patient")
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (401, "16")
    assert all(name in answer.headers for name in TOLD)


@pytest.mark.parametrize(
    "path",
    [
        "/fhir/r4/metadata", "/fhir/r4/sandbox/metadata", "/fhir/r4/.well-known/smart-configuration",
        "/oauth2/v1/keys", "/oauth2/v1/nothing", "/_mock/health", "/_mock/nothing", "/nowhere",
    ],
)  # fmt: skip
def test_what_is_not_limited_says_nothing_of_limits(athena: Athena, path: str) -> None:
    for _ in range(40):
        answer = athena.send("GET", path)
        assert answer.status_code in (200, 404)
        assert not any(name in answer.headers for name in TOLD)
    assert athena.get("/Organization").headers["X-RateLimit-Remaining"] == "15"


def test_numbers_grow_by_one_with_every_request(athena: Athena) -> None:
    told = [athena.get("/Organization").headers["X-Mock-Decided-At"] for _ in range(20)]
    first = int(told[0].partition("seq=")[2])
    assert [int(text.partition("seq=")[2]) for text in told] == list(range(first, first + 20))


def test_without_limits_nothing_is_refused(make_athena: Any) -> None:
    athena = make_athena(limits="off")
    for _ in range(50):
        answer = athena.get("/Organization?_count=1")
        assert answer.status_code == 200
    assert "X-Mock-Decided-At" in answer.headers
    assert not any(name in answer.headers for name in LIMIT_HEADERS)
