"""Which texts are ids and literal references."""

import pytest

from mock_athena.fhir.references import Literal, is_id, parse_reference


@pytest.mark.parametrize("text", ["1", "a-1.E-12", "A" * 64])
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "a_1", "a/1", "A" * 65, "é", "a b", "1\n", "#1"])
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("Patient/a-1.E-1", Literal("Patient", "a-1.E-1")),
        ("Patient/1/_history/2", Literal("Patient", "1")),
        ("http://x.example/fhir/r4/Patient/1", Literal("Patient", "1", "http://x.example/fhir/r4")),
        ("https://x.example/Patient/1/_history/3", Literal("Patient", "1", "https://x.example")),
    ],
)
def test_a_literal_reference_names_type_and_id(text: str, literal: Literal) -> None:
    assert parse_reference(text) == literal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "#contained",
        "Patient",
        "Patient/",
        "patient/1",
        "Patient/1/2",
        "Patient/a_b",
        "urn:uuid:1",
        "Patient?x=1",
    ],
)
def test_what_is_no_literal_reference(text: str) -> None:
    assert parse_reference(text) is None
