"""The Parameters body of a kick-off by POST."""

import json
from typing import Any

import pytest

from mock_athena.errors import BadRequest, UnsupportedMediaType
from mock_athena.fhir.operation_parameters import parameter_pairs


def pairs(value: Any, content_type: str = "application/fhir+json; charset=utf-8") -> list[tuple[str, str]]:
    return parameter_pairs(json.dumps(value).encode(), content_type)


def body(*parameters: Any) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(parameters)}


def test_each_parameter_is_a_pair_in_order() -> None:
    given = body(
        {"name": "_type", "valueString": "Patient"},
        {"name": "_type", "valueCode": "Condition"},
        {"name": "_since", "valueInstant": "2024-01-01T00:00:00Z"},
        {"name": "patient", "valueReference": {"reference": "Patient/p1"}},
        {"name": "includeAssociatedData", "valueCoding": {"code": "LatestProvenanceResources"}},
        {"name": "other", "valueRange": {}},
    )
    assert pairs(given) == [
        ("_type", "Patient"),
        ("_type", "Condition"),
        ("_since", "2024-01-01T00:00:00Z"),
        ("patient", "Patient/p1"),
        ("includeAssociatedData", "LatestProvenanceResources"),
        ("other", ""),
    ]


def test_no_parameter_is_no_pair() -> None:
    assert pairs({"resourceType": "Parameters"}, "application/json") == []


@pytest.mark.parametrize(
    "value",
    [
        [],
        "Parameters",
        {"resourceType": "Patient"},
        {"resourceType": "Parameters", "parameter": {"name": "_type"}},
        body("_type"),
        body({"valueString": "Patient"}),
        body({"name": "_type", "valueString": 5}),
    ],
)
def test_anything_but_parameters_is_refused(value: Any) -> None:
    with pytest.raises(BadRequest, match="Parameters"):
        pairs(value)


@pytest.mark.parametrize("sent", [b"", b"_type=Patient", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(sent: bytes) -> None:
    with pytest.raises(BadRequest, match="not JSON"):
        parameter_pairs(sent, "application/fhir+json")


@pytest.mark.parametrize("content_type", ["", "application/x-www-form-urlencoded", "application/fhir+xml"])
def test_another_media_type_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=r"application/fhir\+json"):
        pairs(body(), content_type)
