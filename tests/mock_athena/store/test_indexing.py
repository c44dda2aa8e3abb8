"""What the index keeps of a resource: https://hl7.org/fhir/R4/search.html#table."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_athena.fhir.instants import LATEST, parse
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.elements import fold
from mock_athena.store.indexing import index_rows
from mock_athena.store.keys import key, key_range, system_number
from mock_athena.store.paths import values_at
from mock_athena.store.schema import NO_DATE
from mock_athena.store.takers import IndexRows


def rows_of(type: str, **content: Any) -> IndexRows:
    return index_rows(RESOURCE_TYPES[type], {"resourceType": type, "id": "x", **content})


def posted(rows: IndexRows, type: str, param: str) -> set[tuple[int, int]]:
    """The postings of one parameter."""
    first, last = key_range(type, param)
    return {posting for posting in rows.postings if first <= posting[0] <= last}


def tokens(type: str, param: str, *pairs: tuple[str, str]) -> set[tuple[int, int]]:
    """The postings that (system, code) have."""
    return {(key(type, param, code), system_number(system)) for system, code in pairs}


def strings(rows: IndexRows, param: str) -> set[str]:
    return {value for name, _, value in rows.strings if name == param}


def test_a_concept_gives_every_coding_and_not_its_text() -> None:
    concept = {"coding": [{"system": "s", "code": "1"}, {"code": "2"}, {"display": "no code"}], "text": "words"}
    assert posted(rows_of("Condition", code=concept), "Condition", "code") == tokens(
        "Condition", "code", ("s", "1"), ("", "2")
    )
    assert posted(rows_of("Condition", code={"text": "words"}), "Condition", "code") == set()


def test_identifiers_telecoms_codes_and_booleans() -> None:
    rows = rows_of(
        "Patient",
        identifier=[{"type": {"text": "MRN"}, "system": "urn:mrn", "value": "7"}, {"value": "8"}],
        telecom=[{"system": "phone", "value": "555-0100"}],
        gender="female",
        active=False,
    )
    expected = {
        "identifier": [("urn:mrn", "7"), ("", "8")],
        "telecom": [("phone", "555-0100")],
        "gender": [("", "female")],
        "active": [("", "false")],
    }
    for param, pairs in expected.items():
        assert posted(rows, "Patient", param) == tokens("Patient", param, *pairs), param


@pytest.mark.parametrize(
    ("content", "dead"),
    [
        ({}, "false"),
        ({"deceasedBoolean": False}, "false"),
        ({"deceasedBoolean": True}, "true"),
        ({"deceasedDateTime": "2020-01-01"}, "true"),
    ],
)
def test_deceased_is_whether_there_is_one_other_than_false(content: dict[str, Any], dead: str) -> None:
    assert posted(rows_of("Patient", **content), "Patient", "deceased") == tokens("Patient", "deceased", ("", dead))


def test_several_paths_of_one_parameter() -> None:
    rows = rows_of(
        "Observation", code={"coding": [{"code": "bp"}]}, component=[{"code": {"coding": [{"code": "sys"}]}}, {}]
    )
    combined = tokens("Observation", "combo-code", ("", "bp"), ("", "sys"))
    assert posted(rows, "Observation", "combo-code") == combined
    assert posted(rows, "Observation", "code") == tokens("Observation", "code", ("", "bp"))


def test_a_name_is_every_string_of_it_and_no_code() -> None:
    name = {
        "use": "official",
        "text": "Dr Ada L",
        "family": "Lovelace",
        "given": ["Ada", "K"],
        "prefix": ["Dr"],
        "suffix": ["II"],
        "period": {"start": "2000"},
        "_family": {"extension": [{"url": "http://x.example", "valueString": "hidden"}]},
    }
    rows = rows_of("Patient", name=[name])
    assert strings(rows, "name") == {"Dr Ada L", "Lovelace", "Ada", "K", "Dr", "II"}
    assert strings(rows, "given") == {"Ada", "K"}


def test_an_address_is_found_by_its_parts() -> None:
    address = {"use": "home", "line": ["1 Main St"], "city": "Boston", "state": "MA", "postalCode": "02101"}
    rows = rows_of("Patient", address=[address])
    assert strings(rows, "address") == {"1 Main St", "Boston", "MA", "02101"}
    assert strings(rows, "address-city") == {"Boston"}


@pytest.mark.parametrize(
    ("period", "low", "high"),
    [
        ({"start": "2024", "end": "2025-06"}, parse("2024").low, parse("2025-06").high),
        ({"start": "2024"}, parse("2024").low, LATEST),
        ({"end": "2024"}, NO_DATE + 1, parse("2024").high),
        ({}, NO_DATE + 1, LATEST),
    ],
)
def test_a_period_without_an_end_is_open_there(period: dict[str, str], low: int, high: int) -> None:
    assert rows_of("Encounter", period=period).date == (low, high)


def test_without_its_date_a_resource_has_none() -> None:
    assert rows_of("Encounter").date == (NO_DATE, NO_DATE)
    assert rows_of("Practitioner").date == (NO_DATE, NO_DATE)


def test_a_reference_is_kept_only_where_its_type_is_meant() -> None:
    actors = ["Patient/p", "Practitioner/d", "http://elsewhere.example/Patient/p"]
    rows = rows_of("Appointment", participant=[{"actor": {"reference": actor}} for actor in actors] + [{"actor": {}}])
    assert posted(rows, "Appointment", "practitioner") == tokens("Appointment", "practitioner", ("", "Practitioner/d"))


def test_the_compartment_stands_for_references_to_our_own_patients() -> None:
    actors = ["Patient/p", "Practitioner/d", "http://elsewhere.example/Patient/p"]
    rows = rows_of("Appointment", participant=[{"actor": {"reference": actor}} for actor in actors])
    assert rows.patients == {"p"}
    assert posted(rows, "Appointment", "actor") == tokens(
        "Appointment", "actor", *(("", actor) for actor in actors[1:])
    )
    elsewhere = tokens("Appointment", "patient", ("", "http://elsewhere.example/Patient/p"))
    assert posted(rows, "Appointment", "patient") == elsewhere


def test_what_cannot_be_read_is_told_by_its_path() -> None:
    with pytest.raises(ValueError, match=r"^participant\.actor: expected an object, not \"Patient/p\"$"):
        rows_of("Appointment", participant=[{"actor": "Patient/p"}])


def test_a_path_walks_through_lists_and_misses_quietly() -> None:
    resource = {"a": [{"b": [1, 2]}, {"b": 3}, {"c": 4}, 5, None], "n": None}
    assert values_at(resource, "a.b") == [1, 2, 3]
    assert values_at(resource, "a.b.c") == values_at(resource, "x") == values_at(resource, "n") == []


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José", "jose"),
        ("JOSE\u0301", "jose"),
        ("  Van  der\tBerg ", "van der berg"),
        ("Straße", "strasse"),
        ("ﬁ", "fi"),
    ],
)
def test_folding_forgets_case_accents_and_surplus_space(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(max_codepoint=0x24F), max_size=20))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
