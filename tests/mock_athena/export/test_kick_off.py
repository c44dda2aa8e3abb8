"""The parameters of a kick-off: what is understood, what is refused, and how it says so."""

import pytest

from mock_athena.errors import BadRequest
from mock_athena.export import KickOff, parse_kick_off
from mock_athena.fhir.instants import parse


def parsed(*pairs: tuple[str, str], lenient: bool = False) -> KickOff:
    return parse_kick_off("Patient", "", pairs, lenient=lenient)


def test_nothing_asked_for_is_everything() -> None:
    assert parsed() == KickOff("Patient")


def test_types_by_comma_and_by_repetition_mean_the_same() -> None:
    expected = ("Patient", "Condition")
    assert parsed(("_type", "Patient,Condition")).types == expected
    assert parsed(("_type", "Patient"), ("_type", "Condition,Patient")).types == expected


@pytest.mark.parametrize("value", ["Patient,NoSuch", "patient", "", "Patient,", "Claim"])
def test_an_unknown_type_is_refused_with_those_that_exist(value: str) -> None:
    with pytest.raises(BadRequest, match=r"no such resource type here: .*; there are Patient, "):
        parsed(("_type", value), lenient=True)


@pytest.mark.parametrize(
    "value", ["application/fhir+ndjson", "application/fhir ndjson", "application/ndjson", "ndjson"]
)
def test_every_spelling_of_ndjson_is_an_output_format(value: str) -> None:
    assert parsed(("_outputFormat", value)) == KickOff("Patient")


def test_another_output_format_is_refused() -> None:
    with pytest.raises(BadRequest, match="_outputFormat=text/csv: expected application/fhir"):
        parsed(("_outputFormat", "text/csv"))


@pytest.mark.parametrize(
    "value", ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000-05:00", "2024-01-01T00:00:00+01:00"]
)
def test_since_is_an_instant(value: str) -> None:
    assert parsed(("_since", value)).since == parse(value).low


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2024",
        "2024-01-01",
        "2024-01-01T00:00Z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00 01:00",
        "2024-01-01T25:00:00Z",
        "2024-02-30T00:00:00Z",
    ],
)
def test_since_anything_else_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match=r"_since=.*expected one instant") as refused:
        parsed(("_since", value))
    assert refused.value.expression == ("_since",)


def test_since_twice_is_refused() -> None:
    with pytest.raises(BadRequest, match="more than once"):
        parsed(("_since", "2024-01-01T00:00:00Z"), ("_since", "2024-01-02T00:00:00Z"))


UNSUPPORTED = ["_typeFilter", "_elements", "includeAssociatedData", "patient", "organizeOutputBy", "_until", "foo"]


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_is_not_supported_is_refused_by_name(name: str) -> None:
    with pytest.raises(BadRequest, match=f"not supported here: {name}\\."):
        parsed((name, "x"))


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_leniently_it_is_ignored_and_named(name: str) -> None:
    request = parsed((name, "x"), (name, "y"), ("_type", "Patient"), lenient=True)
    assert request.types == ("Patient",)
    assert len(request.ignored) == 1
    assert name in request.ignored[0]
