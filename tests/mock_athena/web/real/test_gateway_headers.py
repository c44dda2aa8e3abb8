"""The header fields that the gateway sets on every answer of FHIR, and those of a read."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

Get = Callable[..., Any]
CONSTANT = {
    "Cache-Control": "no-cache, no-store, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "0",
    "Vary": "Accept-Encoding, Origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "Apache",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/fhir/r4/Patient/{ADA}", 400),
        (f"/fhir/r4/Patient/{ADA}?ah-practice=a-1.Practice-500001", 200),
        (f"/fhir/r4/Observation?patient={ADA}&ah-practice=a-1.Practice-500001", 200),
        ("/fhir/r4/Observation?ah-practice=a-1.Practice-500001", 403),
        ("/fhir/r4/metadata", 200),
        ("/nowhere", 404),
        ("/fhir/r4/$export", 404),
    ],
)
def test_every_answer_has_them_once(real: Athena, path: str, status: int) -> None:
    answer = real.send("GET", path, real.token())
    assert answer.status_code == status, answer.text
    assert {name: answer.headers.getlist(name) for name in CONSTANT} == {n: [v] for n, v in CONSTANT.items()}
    assert "ETag" not in answer.headers


def test_so_has_one_without_a_token(real: Athena) -> None:
    answer = real.send("GET", "/fhir/r4/Patient")
    assert answer.status_code == 401
    assert {name: answer.headers[name] for name in CONSTANT} == CONSTANT


@pytest.mark.parametrize("path", ["/oauth2/v1/keys", "/_mock/health"])
def test_what_is_not_fhir_has_none(real: Athena, path: str) -> None:
    assert "X-Frame-Options" not in real.send("GET", path).headers


def test_a_service_names_request_and_practice(real: Athena, get: Get) -> None:
    answer = get(f"/Patient/{ADA}", headers={"X-Request-Id": "mine"})
    assert (answer.headers["X-Athena-Request-Id"], answer.headers["X-Athenanet-Practice-Id"]) == ("mine", "500001")
    for path in ("/fhir/r4/metadata", "/nowhere"):
        assert "X-Athena-Request-Id" not in real.send("GET", path).headers


def test_a_throttled_request_reaches_no_service(make_athena: Any) -> None:
    real = make_athena(profile="athena", limits="mission")
    path = "/Organization/a-1.Practice-500001?ah-practice=a-1.Practice-500001"
    statuses = [real.get(path).status_code for _ in range(17)]
    assert statuses == [200] * 16 + [429]
    assert "X-Athenanet-Practice-Id" not in real.get(path).headers


def test_a_read_says_where_it_is_and_which_version_it_is_not(get: Get) -> None:
    answer = get(f"/Patient/{ADA}")
    assert answer.headers["Location"] == f"http://localhost/fhir/r4/Patient/{ADA}"
    assert answer.headers["Last-Modified"] == "Fri, 29 Apr 2022 14:30:00 GMT"
    assert answer.get_json()["meta"]["lastUpdated"] == "2022-04-29T10:30:00.000-04:00"
    assert "versionId" not in answer.get_json()["meta"]


def test_what_does_not_tell_when_it_changed_has_no_last_modified(get: Get) -> None:
    answer = get("/Organization/a-1.Practice-500001")
    assert "Last-Modified" not in answer.headers
    assert "lastUpdated" not in answer.get_json().get("meta", {})


def test_nothing_is_unchanged_for_it(get: Get) -> None:
    asked = {"If-None-Match": "*", "If-Modified-Since": "Fri, 29 Apr 2050 14:30:00 GMT"}
    assert get(f"/Patient/{ADA}", headers=asked).status_code == 200


def test_answers_are_packed_all_the_same(get: Get) -> None:
    answer = get(f"/Patient/{ADA}", headers={"Accept-Encoding": "gzip"})
    assert b'"resourceType":"Patient"' in gzip.decompress(answer.data)


def test_the_mission_has_its_own(athena: Athena) -> None:
    answer = athena.get(f"/Patient/{ADA}")
    assert answer.headers["ETag"] == 'W/"1"'
    assert not {"Location", "X-Frame-Options", "Server", "X-Athena-Request-Id"} & set(answer.headers.keys())


def test_limits_are_told_in_its_words(make_athena: Any) -> None:
    real = make_athena(profile="athena")
    answer = real.get(f"/Patient/{ADA}?ah-practice=a-1.Practice-500001")
    told = {name: value for name, value in answer.headers if "ratelimit" in name.lower()}
    limit = str(real.world.limiter.policy.limits[0].quota)
    assert told == {
        "X-RateLimit-Limit": limit,
        "X-RateLimit-Remaining": str(int(limit) - 1),
        "RateLimit-Limit": limit,
        "RateLimit-Remaining": str(int(limit) - 1),
        "RateLimit-Reset": "1",
    }
    assert "Retry-After" not in answer.headers
    assert not [name for name, _ in real.send("GET", "/fhir/r4/metadata").headers if "atelimit" in name.lower()]
