"""Formats, indentation, packing, and what an answer says of itself."""

import gzip
import json
from urllib.parse import quote

import pytest

from mock_athena.web.answers import SMALLEST_PACKED
from tests.mock_athena.web.in_process import ADA, Athena, outcome
from tests.mock_athena.web.rest.conftest import Past

READ, SEARCH, HISTORY = f"/Patient/{ADA}", f"/Observation?patient={ADA}", f"/Patient/{ADA}/_history"
OF_FHIR = "application/fhir+json; charset=utf-8"


@pytest.mark.requirement("RED-002", "HDR-001", "HDR-002", "HDR-003", "HDR-004")
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, OF_FHIR),
        ("", OF_FHIR),
        ("*/*", OF_FHIR),
        ("application/*", OF_FHIR),
        ("application/fhir+json", OF_FHIR),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/json", "text/json; charset=utf-8"),
        ("application/json;q=0.5, application/fhir+json", OF_FHIR),
        ("application/fhir+json;q=0.5, application/json", "application/json"),
        ("application/fhir+json;q=0, */*;q=0.1", "application/json"),
        ("application/fhir+xml, application/fhir+json;q=0.1", OF_FHIR),
    ],
)
def test_json_is_called_what_it_was_asked_for(athena: Athena, accept: str | None, content_type: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    for path in (READ, SEARCH, HISTORY, "/metadata"):
        answer = athena.get(path, headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
        assert json.loads(answer.data.decode("utf-8", "strict"))["resourceType"]
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.requirement("ERR-012", "ERR-006")
@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("application/fhir+xml", "XML is not supported"),
        ("text/xml, application/xml;q=0.5", "XML is not supported"),
        ("text/turtle", "Turtle is not supported"),
        ("application/pdf", "application/fhir+json"),
        ("application/fhir+json;q=0", "application/fhir+json"),
        ("application/json;q=0.0, application/fhir+json; q=0", "application/fhir+json"),
    ],
)
def test_what_is_not_spoken_is_refused(athena: Athena, accept: str, told: str) -> None:
    for path in (READ, SEARCH, HISTORY, "/metadata"):
        answer = athena.get(path, headers={"Accept": accept})
        assert (answer.status_code, outcome(answer)["code"]) == (406, "not-supported")
        assert told in outcome(answer)["diagnostics"]
        assert accept in outcome(answer)["diagnostics"]


@pytest.mark.requirement("HDR-005", "HDR-006")
@pytest.mark.parametrize("format", ["json", "application/json", "application/fhir+json", "application/fhir%2Bjson"])
def test_a_format_of_json_wins_over_accept(athena: Athena, format: str) -> None:
    for path in (READ, SEARCH, HISTORY, "/metadata"):
        joined = f"{path}{'&' if '?' in path else '?'}_format={format}"
        answer = athena.get(joined, headers={"Accept": "application/fhir+xml"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, OF_FHIR)


@pytest.mark.requirement("HDR-005", "HDR-006")
@pytest.mark.parametrize(
    "format", ["xml", "text/xml", "application/xml", "application/fhir+xml", "ttl", "text/turtle", "html"]
)
def test_another_format_is_refused_whatever_accept_says(athena: Athena, format: str) -> None:
    for path in (READ, SEARCH, HISTORY, "/metadata"):
        joined = f"{path}{'&' if '?' in path else '?'}_format={quote(format)}"
        answer = athena.get(joined, headers={"Accept": "application/fhir+json"})
        assert (answer.status_code, outcome(answer)["expression"]) == (406, ["_format"])


@pytest.mark.requirement("HDR-007")
@pytest.mark.parametrize(
    ("version", "status"), [("4.0", 200), ('"4.0"', 200), ("4.0.1", 200), ("3.0", 406), ("5.0", 406), ("", 406)]
)
def test_a_version_of_fhir_may_be_named(athena: Athena, version: str, status: int) -> None:
    answer = athena.get(READ, headers={"Accept": f"application/fhir+json; fhirVersion={version}"})
    assert answer.status_code == status
    by_format = athena.get(f"{READ}?_format={quote(f'application/fhir+json;fhirVersion={version}')}")
    assert by_format.status_code == status
    if status == 406:
        assert "FHIR 4.0.1" in outcome(answer)["diagnostics"]
        other = f"application/fhir+json; fhirVersion={version}, application/fhir+json;q=0.2"
        assert athena.get(READ, headers={"Accept": other}).status_code == 200


@pytest.mark.requirement("HDR-008")
@pytest.mark.parametrize("path", [READ, SEARCH, HISTORY, "/metadata", "/Patient/nobody", "/Patient?birthdate=soon"])
def test_an_answer_can_be_indented(athena: Athena, path: str) -> None:
    plain, pretty = athena.get(path), athena.get(f"{path}{'&' if '?' in path else '?'}_pretty=true")
    assert b'\n  "resourceType": "' in pretty.data
    assert b"\n" not in plain.data.strip()
    assert pretty.status_code == plain.status_code
    assert athena.get(f"{path}{'&' if '?' in path else '?'}_pretty=false").data.count(b"\n") == 0
    if path not in (SEARCH, HISTORY):  # whose self link tells what was asked
        assert pretty.get_json() == plain.get_json()


@pytest.mark.requirement("HDR-008")
def test_a_refusal_at_the_edge_is_indented_too(athena: Athena) -> None:
    assert b'\n  "issue": [' in athena.send("GET", f"/fhir/r4{READ}?_pretty=true").data


def test_pretty_is_true_or_false(athena: Athena) -> None:
    answer = athena.get(f"{READ}?_pretty=yes")
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["_pretty"])


def test_indentation_changes_no_digit(athena: Athena, past: Past) -> None:
    body = b'{"resourceType":"Observation","id":"o","valueQuantity":{"value":1.10,"unit":"{a}, [b]: \\"c\\" \\\\"}}'
    past.store.put(
        json.loads(body, parse_float=lambda digits: __import__("decimal").Decimal(digits)), athena.clock.now()
    )
    pretty = athena.get("/Observation/o?_pretty=true")
    assert b'"value": 1.10,' in pretty.data
    assert pretty.get_json() == athena.get("/Observation/o").get_json()


@pytest.mark.requirement("HDR-009")
@pytest.mark.parametrize("path", [READ, SEARCH, "/metadata"])
@pytest.mark.parametrize("encodings", ["gzip", "deflate, gzip;q=0.5", "*", "GZIP"])
def test_what_is_large_is_packed_for_whoever_takes_it(athena: Athena, path: str, encodings: str) -> None:
    plain, packed = athena.get(path), athena.get(path, headers={"Accept-Encoding": encodings})
    assert len(plain.data) >= SMALLEST_PACKED > 0
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert packed.headers.get("ETag") == plain.headers.get("ETag")
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, packed))


@pytest.mark.parametrize("encodings", ["", "identity", "gzip;q=0", "br, deflate", "*;q=0", "gzip;q=0, *"])
def test_nobody_gets_what_they_cannot_unpack(athena: Athena, encodings: str) -> None:
    assert "Content-Encoding" not in athena.get(READ, headers={"Accept-Encoding": encodings}).headers


def test_what_is_small_is_not_packed(athena: Athena, past: Past) -> None:
    past.put("Organization", "small", name="x")
    assert "Content-Encoding" not in athena.get("/Organization/small", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.requirement("RED-017")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/fhir/r4{READ}", 200),
        (f"/fhir/r4{READ}/_history/1", 200),
        (f"/fhir/r4{HISTORY}", 200),
        (f"/fhir/r4{SEARCH}", 200),
        ("/fhir/r4/metadata", 200),
        ("/fhir/r4/.well-known/smart-configuration", 200),
        ("/documents/report_123.pdf", 200),
        ("/fhir/r4/Patient/nobody", 404),
        ("/fhir/r4/Patient?birthdate=soon", 400),
    ],
)
@pytest.mark.parametrize("encodings", ["identity", "gzip"])
def test_head_is_get_without_the_body(athena: Athena, path: str, status: int, encodings: str) -> None:
    varying = {"X-Request-Id", "Server-Timing", "X-Mock-Decided-At", "RateLimit", "X-RateLimit-Remaining", "Date"}
    answers = [athena.send(m, path, athena.token(), headers={"Accept-Encoding": encodings}) for m in ("GET", "HEAD")]
    assert [answer.status_code for answer in answers] == [status, status]
    assert (bool(answers[0].data), answers[1].data) == (True, b"")
    told = [{n: v for n, v in answer.headers.items() if n not in varying} for answer in answers]
    assert told[0] == told[1]
    assert int(told[1]["Content-Length"]) == len(answers[0].data)


@pytest.mark.requirement("HDR-014")
def test_records_are_for_no_cache_but_the_callers(athena: Athena) -> None:
    binary = athena.get(f"/DocumentReference?patient={ADA}&_count=1").get_json()["entry"][0]["resource"]["content"]
    url = binary[0]["attachment"]["url"].removeprefix("http://localhost/fhir/r4")
    for path in (READ, SEARCH, HISTORY, f"{READ}/_history/1", url):
        assert athena.get(path).headers.getlist("Cache-Control") == ["private, no-cache"]
    athena.clock.advance(10**10)
    document = athena.send("GET", "/documents/report_123.pdf", athena.token())
    assert document.headers.getlist("Cache-Control") == ["private, no-cache"]
    assert athena.get("/Patient/nobody").headers.getlist("Cache-Control") == ["no-store"]
