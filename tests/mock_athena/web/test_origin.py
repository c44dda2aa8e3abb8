"""Under which name we were reached, and by whom."""

from typing import Any

import pytest

from mock_athena.web.origin import origin_of, remote_of
from tests.mock_athena.web.in_process import ADA, Athena

PROXY = ("10.0.0.1", "10.0.0.2")


def environ(**changes: str) -> dict[str, Any]:
    return {
        "wsgi.url_scheme": "http", "HTTP_HOST": "ehr.test:8080", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8080",
        "REMOTE_ADDR": "192.0.2.9", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("ehr.test", "http://ehr.test"),
        ("ehr.test:8080", "http://ehr.test:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1"),  # noqa: S104 - a name that was sent
        ("[::]:8080", "http://[::1]:8080"),
        ("", "http://127.0.0.1:8080"),
        ("a b", "http://127.0.0.1:8080"),
        ('x"><script>', "http://127.0.0.1:8080"),
        ("evil.test/path", "http://127.0.0.1:8080"),
        ("user@evil.test", "http://127.0.0.1:8080"),
        ("ehr.test:port", "http://127.0.0.1:8080"),
        ("ehr.test:65535", "http://ehr.test:65535"),
        ("ehr.test:65536", "http://127.0.0.1:8080"),
        ("ehr.test\r\nX: y", "http://127.0.0.1:8080"),
        ("ëhr.test", "http://127.0.0.1:8080"),
    ],
)
def test_the_host_names_the_origin_if_it_is_one(host: str, origin: str) -> None:
    assert origin_of(environ(HTTP_HOST=host), "", ()) == origin


def test_without_a_host_the_server_names_itself() -> None:
    request = environ()
    del request["HTTP_HOST"]
    assert origin_of(request, "", ()) == "http://127.0.0.1:8080"


FORWARDED = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "public.test"}


def test_forwarded_headers_are_believed_of_a_trusted_proxy_only() -> None:
    assert origin_of(environ(**FORWARDED), "", PROXY) == "http://ehr.test:8080"
    assert origin_of(environ(**FORWARDED, REMOTE_ADDR="10.0.0.1"), "", PROXY) == "https://public.test"


@pytest.mark.parametrize(
    ("proto", "host", "origin"),
    [
        ("https, http", "public.test, inner.test", "https://public.test"),
        ("", "", "http://ehr.test:8080"),
        ("javascript", "public.test", "http://public.test"),
        ("https", "bad host", "https://127.0.0.1:8080"),
        ("https", "0.0.0.0", "https://127.0.0.1"),  # noqa: S104 - same
    ],
)
def test_what_a_trusted_proxy_forwards_is_checked_too(proto: str, host: str, origin: str) -> None:
    forwarded = {"HTTP_X_FORWARDED_PROTO": proto, "HTTP_X_FORWARDED_HOST": host, "REMOTE_ADDR": "10.0.0.1"}
    assert origin_of(environ(**forwarded), "", PROXY) == origin


def test_the_external_url_beats_everything() -> None:
    trusted = environ(**FORWARDED, REMOTE_ADDR="10.0.0.1")
    assert origin_of(trusted, "https://ehr.example:8443/", PROXY) == "https://ehr.example:8443"


@pytest.mark.parametrize(
    ("address", "forwarded", "remote"),
    [
        ("192.0.2.9", "127.0.0.1", "192.0.2.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
    ],
)
def test_the_caller_is_the_last_who_is_no_trusted_proxy(address: str, forwarded: str, remote: str) -> None:
    assert remote_of(environ(REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=forwarded), PROXY) == remote


def test_urls_in_bodies_start_with_the_callers_origin(athena: Athena) -> None:
    host = {"Host": "ehr.test:9999"}
    bundle = athena.get(f"/DiagnosticReport?patient={ADA}&_count=1", headers=host).get_json()
    assert bundle["link"][0]["url"].startswith("http://ehr.test:9999/fhir/r4/DiagnosticReport?")
    assert bundle["entry"][0]["fullUrl"].startswith("http://ehr.test:9999/fhir/r4/DiagnosticReport/")
    report = athena.get("/DiagnosticReport/report-123", headers=host)
    assert report.get_json()["presentedForm"][0]["url"].startswith("http://ehr.test:9999/documents/report")
    assert "mock-athena.invalid" not in report.text
    sandbox = athena.send("GET", "/fhir/r4/sandbox/DiagnosticReport/report-123", athena.token(), headers=host)
    assert sandbox.get_json()["presentedForm"][0]["url"].startswith("http://ehr.test:9999/documents/sandbox/report")


@pytest.mark.requirement("HDR-015")
def test_urls_in_headers_and_discovery_start_with_the_external_url(make_athena: Any) -> None:
    athena = make_athena(external_url="https://ehr.example")
    kick_off = athena.get("/$export", headers={"Prefer": "respond-async"})
    assert kick_off.headers["Content-Location"].startswith("https://ehr.example/fhir/r4/bulkstatus/")
    assert athena.send("GET", "/fhir/r4/metadata").get_json()["implementation"]["url"] == "https://ehr.example/fhir/r4"
    smart = athena.send("GET", "/fhir/r4/.well-known/smart-configuration").get_json()
    assert smart["token_endpoint"] == "https://ehr.example/oauth2/v1/token"


def test_a_forged_forwarded_for_opens_no_door_to_the_control_api(make_athena: Any) -> None:
    athena = make_athena(trusted_proxies=("10.0.0.1",))
    forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 198.51.100.7"}
    assert athena.send("GET", "/_mock/health", environ=forged).status_code == 403
