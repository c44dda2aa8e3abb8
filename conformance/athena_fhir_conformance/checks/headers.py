"""Formats, header fields and scripts of other sites: FHIR R4 http.html, RFC 9110, the Fetch standard."""

import gzip
from typing import Any

from athena_fhir_conformance.checking import case, cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.tokens import smart_configuration, told
from athena_fhir_conformance.judges.limit_fields import http_date
from athena_fhir_conformance.sample import Sample, next_url
from athena_fhir_conformance.target import FHIR_JSON, Target
from athena_fhir_conformance.verdicts import omit, should, skip

SITE = "https://app.example"
JSON_TYPES = (FHIR_JSON, "application/json")
EXPOSED = ("ETag", "Location", "Content-Location", "Retry-After", "X-Progress")
UNSUPPORTED = (400, 406)


def path(target: Target) -> str:
    return f"Patient/{Sample(target).patient()['id']}"


def read(target: Target, *, accept: str | None = None, **params: str) -> Exchange:
    """A patient, with that Accept and these parameters."""
    headers = {} if accept is None else {"Accept": accept}
    return target.get(path(target), headers=headers, params=params)


def is_patient(answer: Exchange) -> None:
    assert answer.status == 200, f"{answer}, expected 200: {answer.text[:200]}"
    assert answer.resource_type == "Patient", f"{answer} is no Patient in JSON, but {answer.media_type!r}"


@check("HDR-001")
def bodies_are_utf_8(target: Target) -> None:
    for answer in (read(target), target.get("metadata", token=None), target.get("Patient/a-1.E-99999999")):
        try:
            answer.body.decode("utf-8", "strict")
        except UnicodeDecodeError as error:
            raise AssertionError(f"{answer} is not UTF-8: {error}") from error
        charset = answer.headers.get("Content-Type", "").lower().partition("charset=")[2].strip('"')
        assert charset in ("", "utf-8"), f"{answer}: charset is {charset!r}"


@check("HDR-002")
def fhir_json_is_answered_as_it_is_asked_for(target: Target) -> None:
    answer = read(target, accept=FHIR_JSON)
    is_patient(answer)
    assert answer.media_type == FHIR_JSON, f"{answer} is {answer.media_type!r}, expected {FHIR_JSON}"


@check("HDR-003")
def plain_json_may_be_asked_for(target: Target) -> None:
    answer = read(target, accept="application/json")
    is_patient(answer)
    assert answer.media_type in JSON_TYPES, f"{answer} is {answer.media_type!r}"


@check("HDR-004")
@cases("accept", [case("", id="none"), case("*/*", id="any"), case("text/html, */*;q=0.1", id="browser")])
def json_is_the_default(target: Target, accept: str) -> None:
    answer = read(target, accept=accept)
    is_patient(answer)
    assert answer.media_type == FHIR_JSON, f"{answer} is {answer.media_type!r} for Accept {accept!r}"


@check("HDR-005")
@cases("value", [case("json"), case("application/json"), case("application/fhir+json")])
def json_has_three_names(target: Target, value: str) -> None:
    answer = read(target, accept="*/*", _format=value)
    is_patient(answer)
    assert answer.media_type in JSON_TYPES, f"{answer} is {answer.media_type!r} for _format={value}"


@check("HDR-005")
@cases("value", [case("xml"), case("text/xml"), case("application/xml"), case("application/fhir+xml")])
def xml_has_four_names(target: Target, value: str) -> None:
    answer = read(target, accept="*/*", _format=value)
    if answer.status == 200:
        assert answer.body.lstrip()[:1] == b"<", f"{answer}: _format={value} is answered with {answer.media_type!r}"
    else:
        assert answer.status in UNSUPPORTED, f"{answer} for _format={value}, expected XML or 406"


@check("HDR-006")
def format_is_stronger_than_accept(target: Target) -> None:
    answer = read(target, accept="application/fhir+xml", _format="json")
    is_patient(answer)
    assert answer.media_type in JSON_TYPES, f"{answer} is {answer.media_type!r} for _format=json"


@check("HDR-007")
def the_version_of_fhir_may_be_asked_for(target: Target) -> None:
    is_patient(read(target, accept=f"{FHIR_JSON}; fhirVersion=4.0"))
    other = read(target, accept=f"{FHIR_JSON}; fhirVersion=3.0")
    assert other.status in (200, *UNSUPPORTED, 415), f"{other} for fhirVersion=3.0, expected 406"


@check("HDR-008")
def a_body_may_be_pretty(target: Target) -> None:
    answer = read(target, _pretty="true")
    is_patient(answer)
    lines = answer.text.count("\n")
    assert lines > 5, f"{answer}: with _pretty=true the body has {lines} line feeds"


@check("HDR-009")
def bodies_are_packed_if_that_is_accepted(target: Target) -> None:
    answer = target.get("metadata", token=None, headers={"Accept-Encoding": "gzip"})
    assert answer.headers.get("Content-Encoding") == "gzip", f"{answer} is not packed with Accept-Encoding: gzip"
    vary = answer.headers.get("Vary", "")
    assert "accept-encoding" in vary.lower(), f"{answer}: Vary is {vary!r} and lacks Accept-Encoding"
    plain = target.get("metadata", token=None, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers, f"{plain} is packed, and nobody asked"
    body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
    assert body == plain.body, f"{answer}: packed it is another body"


@check("HDR-010")
def answers_are_dated(target: Target) -> None:
    if target.in_process:
        skip("Date is added by the server that listens, and this one is asked without a socket")
    value = read(target).headers.get("Date", "")
    assert http_date(value) is not None, f"{read(target)}: Date is {value!r}, expected an HTTP-date"


@check("HDR-011", "ATH-013")
def requests_have_an_id(target: Target) -> None:
    answer = target.get(path(target), headers={"X-Request-Id": "conformance-1"})
    told = answer.headers.get("X-Request-Id", "")
    assert told, f"{answer} has no X-Request-Id"
    should(told == "conformance-1", f"{answer}: X-Request-Id was sent as 'conformance-1' and came back as {told!r}")


@check("HDR-014")
def records_are_not_stored_by_others(target: Target) -> None:
    kept = read(target).headers.get("Cache-Control", "")
    assert "no-store" in kept or "private" in kept, f"{read(target)}: Cache-Control is {kept!r}"


@check("ATH-013", profiles=("athena",))
def nothing_is_stored(target: Target) -> None:
    for answer in (read(target), target.get("Patient/a-1.E-99999999")):
        kept = answer.headers.get("Cache-Control", "")
        assert "no-store" in kept, f"{answer}: Cache-Control is {kept!r}, expected no-store"
        assert answer.headers.get("X-Request-Id"), f"{answer} has no X-Request-Id"


@check("ATH-014", profiles=("athena",))
def a_read_says_where_it_is(target: Target) -> None:
    location = read(target).headers.get("Location", "")
    assert location.endswith(path(target)), f"{read(target)}: Location is {location!r}"


@check("HDR-015")
def links_of_a_page_are_where_the_base_is(target: Target) -> None:
    patient = str(Sample(target).patient()["id"])
    bundle = target.search("Observation", patient=patient, _count="2")
    links = [str(link.get("url", "")) for link in bundle.json.get("link", [])]
    assert links, f"{bundle} has no links"
    foreign = [url for url in links if not url.startswith(target.base)]
    assert not foreign, f"{bundle}: link {foreign[0]!r} is not below {target.base}"
    following = next_url(bundle)
    if following:
        page = target.get(following)
        assert page.status == 200, f"{page}: the next page, expected 200"


@check("HDR-015", profiles=("mission",))
def links_follow_the_name_that_was_used(target: Target) -> None:
    endpoint = told(target).get("token_endpoint")
    if not endpoint:
        skip("there is no SMART configuration that names a token endpoint")
    assert str(endpoint).startswith(target.origin), f"token_endpoint is {endpoint}, asked at {target.origin}"


@check("HDR-016")
def scripts_may_read_the_headers(target: Target) -> None:
    answer = target.get(path(target), headers={"Origin": SITE})
    exposed = {name.strip().lower() for name in answer.headers.get("Access-Control-Expose-Headers", "").split(",")}
    limits = [name for name in answer.headers if "ratelimit" in name.lower()]
    missing = [name for name in (*EXPOSED, *limits) if name.lower() not in exposed]
    assert "*" in exposed or not missing, f"{answer}: Access-Control-Expose-Headers lacks {', '.join(missing)}"


@check("HDR-017")
def names_of_headers_have_no_case(target: Target) -> None:
    token = target.tokens.usual()
    for name in ("authorization", "AUTHORIZATION"):
        answer = target.send(
            "GET", path(target), token=None, headers={name: f"Bearer {token}"}, params=practice(target)
        )
        assert answer.status == 200, f"{answer} with the header {name!r}, expected 200"


def practice(target: Target) -> dict[str, Any]:
    return {"ah-practice": target.practice} if target.profile.practice else {}


@check("HDR-018")
def a_search_is_not_asynchronous(target: Target) -> None:
    patient = str(Sample(target).patient()["id"])
    answer = target.send("GET", "Observation", params={"patient": patient}, headers={"Prefer": "respond-async"})
    if answer.status == 202:
        omit("searches may be asynchronous here")
    assert answer.status == 200, f"{answer} with Prefer: respond-async, expected 200"


@check("SMA-097")
def a_browser_may_ask_before_it_asks(target: Target) -> None:
    headers = {
        "Origin": SITE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = target.send("OPTIONS", path(target), token=None, headers=headers, practice=False)
    assert 200 <= answer.status < 300, f"{answer} without a token, expected 2xx"
    allowed = answer.headers.get("Access-Control-Allow-Headers", "").lower()
    assert "authorization" in allowed, f"{answer}: Access-Control-Allow-Headers is {allowed!r} and lacks Authorization"


@check("SMA-095")
def the_capability_statement_is_read_by_scripts(target: Target) -> None:
    answer = target.get("metadata", token=None, headers={"Origin": SITE})
    allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    assert allowed in ("*", SITE), f"{answer}: Access-Control-Allow-Origin is {allowed!r}"
    assert smart_configuration(target).status == 200, f"{smart_configuration(target)}, expected 200"


@check("HDR-016")
def scripts_may_follow_an_export(target: Target) -> None:
    answer = exports.kicked_off(target, query="_type=Patient", headers={"Origin": SITE})
    exports.cancelled(target, answer)
    exposed = answer.headers.get("Access-Control-Expose-Headers", "").lower()
    assert exposed == "*" or "content-location" in exposed, (
        f"{answer}: Content-Location is not exposed, but {exposed!r}"
    )
