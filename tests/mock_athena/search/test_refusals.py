"""What cannot be understood is refused by the parameter's name; what is unknown is ignored, unless strict."""

import pytest

from mock_athena.errors import BadRequest
from tests.mock_athena.search.conftest import query


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("Observation?date=yesterday", "date"),
        ("Observation?date=xx2024", "date"),
        ("Observation?date=2023-02-29", "date"),
        ("Observation?date=", "date"),
        ("Observation?date=2024,soon", "date"),
        ("Observation?_lastUpdated=now", "_lastUpdated"),
        ("Observation?code=", "code"),
        ("Observation?code=|", "code"),
        ("Observation?code=,", "code"),
        ("Observation?_id=a b", "_id"),
        ("Observation?patient=", "patient"),
        ("Observation?patient=a b", "patient"),
        ("Observation?patient=Patient/", "patient"),
        ("Observation?patient=patient/p", "patient"),
        ("Observation?patient=Practitioner/p", "patient"),
        ("Observation?patient=Patient/p/q", "patient"),
        ("Observation?subject:Patient=Group/p", "subject:Patient"),
        ("Observation?subject=foo/p", "subject"),
        ("Patient?family=", "family"),
        ("Patient?family=  ", "family"),
        ("Observation?code:above=1", "code:above"),
        ("Observation?code:exact=1", "code:exact"),
        ("Observation?date:missing=yes", "date:missing"),
        ("Observation?patient:Practitioner=p", "patient:Practitioner"),
        ("Observation?patient:missing=", "patient:missing"),
        ("Patient?family:sounds=x", "family:sounds"),
        ("Patient?_profile:below=http://x.example", "_profile:below"),
        ("Observation?code.display=x", "code.display"),
        ("Observation?patient.nonsense=x", "patient.nonsense"),
        ("Observation?encounter:Patient.name=x", "encounter:Patient.name"),
        ("Observation?value-quantity=five", "value-quantity"),
        ("Observation?value-quantity=5|mg", "value-quantity"),
        ("Observation?code-value-quantity=8480-6", "code-value-quantity"),
        ("Observation?code-value-quantity=8480-6$", "code-value-quantity"),
        ("Patient?identifier:of-type=x|y", "identifier:of-type"),
        ("Patient?_has:Observation:code:status=final", "_has:Observation:code:status"),
        ("Patient?_has:Observation:patient=x", "_has:Observation:patient"),
        ("Observation?_sort=nonsense", "_sort"),
        ("Observation?_sort=", "_sort"),
        ("Observation?_sort:desc=date", "_sort:desc"),
        ("Observation?_total=many", "_total"),
        ("Observation?_include=Nonsense:subject", "_include"),
        ("Observation?_include=Observation:code", "_include"),
        ("Observation?_include=Observation:patient:Group", "_include"),
        ("Observation?_revinclude=Provenance", "_revinclude"),
        ("Observation?_text=heart", "_text"),
        ("Observation?_content=heart", "_content"),
        ("Observation?_filter=code eq 1", "_filter"),
        ("Observation?_count=ten", "_count"),
        ("Observation?_count=-1", "_count"),
        ("Observation?_count=1.5", "_count"),
        ("Observation?_count=", "_count"),
        ("Observation?_count=٣", "_count"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_malformed_value_or_modifier_is_refused_by_name(text: str, parameter: str, strict: bool) -> None:
    with pytest.raises(BadRequest) as refused:
        query(text, strict=strict)
    assert refused.value.expression == (parameter,)
    assert text.partition("?")[2] in refused.value.message


def test_the_modifiers_that_there_are_are_named() -> None:
    with pytest.raises(BadRequest, match=":missing, :exact, :contains"):
        query("Patient?family:sounds=x")


def test_an_unknown_parameter_is_ignored_and_left_out_of_what_was_used() -> None:
    asked = query("Observation?patient=p&frobnicate=1&_count=5&nonsense.name=x", strict=False)
    assert asked.used == (("patient", "p"), ("_count", "5"))
    assert asked.ignored == ("frobnicate", "nonsense.name")


def test_an_unknown_parameter_is_refused_under_strict_handling() -> None:
    with pytest.raises(BadRequest, match=r"no search parameter frobnicate; it has .*_id.*code") as refused:
        query("Observation?frobnicate=1&patient=p")
    assert refused.value.expression == ("frobnicate",)


def test_parameters_of_the_result_are_known() -> None:
    assert query("Observation?_format=json&_pretty=true&_count=3").ignored == ()
