"""What goes into logs and messages: how something was asked, and never whom it is about."""

import io
import logging
from collections.abc import Iterator

import pytest

from athena_fhir_client.debug import HTTP, NAMESPACES, enable_debug, wanted
from athena_fhir_client.redaction import mark, safe_headers, safe_url
from tests.client.in_process import PATIENT, Known

SECRETS = ("mock-secret", "eyJ", "Powers", PATIENT, "1967-06-20", "abc-cursor")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that all namespaces say."""
    stream = io.StringIO()
    loggers = [logging.getLogger(f"athenahealth.{name}") for name in NAMESPACES]
    handler = logging.StreamHandler(stream)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.setLevel(logging.NOTSET)
        logger.removeHandler(handler)


def test_a_log_of_everything_has_no_secret_and_nobodys_data(known: Known, log: io.StringIO) -> None:
    client = known.client()
    client.read("Patient", PATIENT)
    list(client.search("Patient", {"family": "Powers", "birthdate": "1967-06-20", "_count": 1}))
    list(client.search("Observation", {"patient": PATIENT, "category": "laboratory"}))
    said = log.getvalue()
    assert "GET http://127.0.0.1:9/fhir/r4/Patient/~" in said
    assert "category=laboratory" in said
    assert "asks for a token: client_credentials" in said
    assert "16 left" in said or "of 16 left" in said
    assert [each for each in SECRETS if each in said] == []


def test_a_url_shows_what_was_asked_and_not_for_whom() -> None:
    shown = safe_url(
        "https://user:pw@ehr.example/fhir/r4/Observation/a-1.E-5/_history/3?patient=a-1.E-5&category=LAB&cursor=abc-cursor"
        "&code:not=x&_typeFilter=Observation%3Fpatient%3D5&_count=10"
    )
    assert shown.startswith("https://ehr.example/fhir/r4/Observation/~")
    assert "/_history/~" in shown
    assert "category=LAB" in shown
    assert "_count=10" in shown
    assert not [each for each in ("pw", "E-5", "abc-cursor", "patient%3D5", "=x") if each in shown]


def test_the_same_value_has_the_same_mark() -> None:
    assert mark("a-1.E-5") == mark("a-1.E-5") != mark("a-1.E-6")
    assert safe_url("/Patient/a-1.E-5").split("/")[-1] == mark("a-1.E-5")


def test_header_fields_are_shown_only_if_they_are_known_to_be_harmless() -> None:
    shown = safe_headers({"Authorization": "Bearer x", "Accept": "application/json", "Cookie": "a=b", "X-Custom": "y"})
    assert shown["Accept"] == "application/json"
    assert all(shown[name].startswith("~") for name in ("Authorization", "Cookie", "X-Custom"))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("athenahealth:*", ["auth", "http", "pace", "bulk"]),
        ("athenahealth:http", ["http"]),
        ("athenahealth:*,-athenahealth:pace", ["auth", "http", "bulk"]),
        ("other:*, athenahealth:auth", ["auth"]),
        ("*", ["auth", "http", "pace", "bulk"]),
        ("", []),
    ],
)
def test_namespaces_are_chosen_as_with_debug_elsewhere(pattern: str, names: list[str]) -> None:
    assert [name for name in NAMESPACES if wanted(pattern, f"athenahealth:{name}")] == names


def test_debug_writes_to_standard_error_under_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("athenahealth.http")
    try:
        assert enable_debug({"DEBUG": "athenahealth:http"}) == ["http"]
        HTTP("hello %d", 5)
        assert "athenahealth:http hello 5" in capsys.readouterr().err
    finally:
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = True


@pytest.mark.parametrize("path", ["Patient/john-smith", "Patient/Smith/_history/Smith", "Patient/smith/$everything"])
def test_an_id_of_letters_is_an_id(path: str) -> None:
    shown = safe_url(f"https://ehr.example/fhir/r4/{path}")
    assert "smith" not in shown.lower()
    assert shown.startswith("https://ehr.example/fhir/r4/Patient/~")
    assert safe_url("https://ehr.example/fhir/r4/Patient/$export").endswith("/Patient/$export")
