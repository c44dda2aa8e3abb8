"""Which representation is wanted."""

import pytest

from mock_athena.errors import NotAcceptable
from mock_athena.web.negotiate import require_json, wants_raw


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("", ""),
        ("*/*", ""),
        ("application/*", ""),
        ("application/fhir+json", ""),
        ("Application/FHIR+JSON", ""),
        ("application/json", ""),
        ("application/fhir+json; fhirVersion=4.0", ""),
        ("application/fhir+xml, application/fhir+json;q=0.5", ""),
        ("text/html,application/xhtml+xml,*/*;q=0.8", ""),
        ("application/fhir+xml", "json"),
        ("", "application/json"),
        ("", "application/fhir+json"),
        ("", "application/fhir json"),
        ("", "application/fhir+json; charset=utf-8"),
        ("", "JSON"),
    ],
)
def test_json_is_served(accept: str, format: str) -> None:
    require_json(accept, format)


@pytest.mark.parametrize(
    ("accept", "format", "named"),
    [
        ("application/fhir+xml", "", "Accept: application/fhir+xml"),
        ("text/html", "", "Accept: text/html"),
        ("application/fhir+json;q=0", "", "Accept: application/fhir"),
        ("application/fhir+json", "xml", "_format=xml"),
        ("*/*", "application/fhir+xml", "_format=application/fhir"),
        ("", "html", "_format=html"),
    ],
)
def test_anything_else_is_refused_by_its_name(accept: str, format: str, named: str) -> None:
    for _ in range(2):
        with pytest.raises(NotAcceptable, match=r"expected .*json") as caught:
            require_json(accept, format)
        assert str(caught.value).startswith(named)


@pytest.mark.parametrize(
    ("accept", "format", "raw"),
    [
        ("", "", True),
        ("*/*", "", True),
        ("application/pdf", "", True),
        ("application/fhir+json", "", False),
        ("application/fhir+xml", "", False),
        ("*/*", "json", False),
    ],
)
def test_a_binary_is_raw_unless_a_format_of_fhir_is_wanted(accept: str, format: str, raw: bool) -> None:
    assert wants_raw(accept, format) is raw
