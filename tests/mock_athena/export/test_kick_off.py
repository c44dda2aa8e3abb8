"""The parameters of a kick-off: what is understood, what is refused, and how it says so."""

from collections.abc import Sequence

import pytest

from mock_athena.errors import BadRequest
from mock_athena.export import KickOff, parse_kick_off
from mock_athena.fhir.instants import parse
from mock_athena.search.circumstances import Circumstances

HERE = Circumstances(is_ours=lambda base: base == "http://test", now=0, known_id=str)


def parsed(*pairs: tuple[str, str], lenient: bool = False, posted: Sequence[tuple[str, str]] = ()) -> KickOff:
    return parse_kick_off("Patient", "", pairs, HERE, lenient=lenient, posted=posted)


def test_nothing_asked_for_is_everything() -> None:
    assert parsed() == KickOff("Patient")


@pytest.mark.requirement("BKO-027")
def test_types_by_comma_and_by_repetition_mean_the_same() -> None:
    expected = ("Patient", "Condition")
    assert parsed(("_type", "Patient,Condition")).types == expected
    assert parsed(("_type", "Patient"), ("_type", "Condition,Patient")).types == expected


@pytest.mark.requirement("BKO-029")
@pytest.mark.parametrize("value", ["Patient,NoSuch", "patient", "", "Patient,", "Claim"])
def test_an_unknown_type_is_refused_with_those_that_exist(value: str) -> None:
    with pytest.raises(BadRequest, match=r"no such resource type here: .*; there are Patient, "):
        parsed(("_type", value))


def test_leniently_it_is_left_out_and_named_unless_nothing_is_left() -> None:
    request = parsed(("_type", "Patient,NoSuch"), lenient=True)
    assert request.types == ("Patient",)
    assert "NoSuch" in request.ignored[0]
    with pytest.raises(BadRequest):
        parsed(("_type", "NoSuch"), lenient=True)


@pytest.mark.requirement("BKO-015", "BKO-018")
@pytest.mark.parametrize(
    "value", ["application/fhir+ndjson", "application/fhir ndjson", "application/ndjson", "ndjson"]
)
def test_every_spelling_of_ndjson_is_an_output_format(value: str) -> None:
    assert parsed(("_outputFormat", value)) == KickOff("Patient")


@pytest.mark.requirement("BKO-017")
def test_another_output_format_is_refused() -> None:
    with pytest.raises(BadRequest, match="_outputFormat=text/csv: expected application/fhir"):
        parsed(("_outputFormat", "text/csv"))


@pytest.mark.requirement("BKO-021")
@pytest.mark.parametrize(
    "value", ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000-05:00", "2024-01-01T00:00:00+01:00"]
)
def test_since_is_an_instant(value: str) -> None:
    assert parsed(("_since", value)).since == parse(value).low


@pytest.mark.requirement("BKO-022")
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


@pytest.mark.requirement("BKO-049")
@pytest.mark.requirement("BKO-032")
@pytest.mark.parametrize("name", ["organizeOutputBy", "foo", "patient"])
def test_what_is_not_supported_is_refused_by_name(name: str) -> None:
    with pytest.raises(BadRequest, match=f"^(parameter )?{name} is ") as refused:
        parsed((name, "x"))
    assert refused.value.expression == (name,)


@pytest.mark.requirement("BKO-031")
@pytest.mark.parametrize("name", ["organizeOutputBy", "foo", "patient"])
def test_leniently_it_is_ignored_and_named(name: str) -> None:
    request = parsed((name, "x"), (name, "y"), ("_type", "Patient"), lenient=True)
    assert request.types == ("Patient",)
    assert len(request.ignored) == 1
    assert name in request.ignored[0]


def test_a_filter_of_what_no_text_can_hold_is_refused() -> None:
    with pytest.raises(BadRequest, match="surrogate"):
        parsed(posted=[("_typeFilter", "Patient?name=\ud800")])


@pytest.mark.requirement("BKO-033", "BKO-036")
def test_filters_by_comma_and_by_repetition_are_split_between_queries_alone() -> None:
    first, second = "Condition?clinical-status=active,inactive", "Observation?category=laboratory&date=gt2020-01-01"
    expected = tuple(tuple(text.split("?")) for text in (first, second))
    assert parsed(("_typeFilter", f"{first},{second}")).filters == expected
    assert parsed(("_typeFilter", first), ("_typeFilter", second)).filters == expected


@pytest.mark.requirement("BKO-037", "BKO-038")
@pytest.mark.parametrize(
    ("filter", "says"),
    [
        ("Condition?nope=1", "no search parameter nope"),
        ("Condition?_sort=code", "_sort says how results come"),
        ("Condition?_include=Condition:subject", "_include says how"),
        ("Condition?_elements=code", "_elements says how"),
        ("Observation?date=yesterday", "date=yesterday"),
        ("NoSuch?code=1", "expected a search of one type"),
        ("Condition", "expected a search of one type"),
        ("", "expected a search of one type"),
    ],
)
def test_a_filter_that_cannot_be_had_is_refused_or_left_out(filter: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as refused:
        parsed(("_typeFilter", filter))
    assert refused.value.expression == ("_typeFilter",)
    request = parsed(("_typeFilter", filter), lenient=True)
    assert request.filters == ()
    assert says in request.ignored[0]


def test_more_filters_than_a_statement_can_hold_are_refused() -> None:
    many = ["Condition?code=1"] * 51
    for pairs in ([("_typeFilter", ",".join(many))], [("_typeFilter", one) for one in many]):
        with pytest.raises(BadRequest, match="51 searches in _typeFilter"):
            parsed(*pairs, lenient=True)


@pytest.mark.requirement("BKO-040")
def test_elements_are_of_all_types_or_of_one() -> None:
    assert parsed(("_elements", "id,Patient.birthDate"), ("_elements", "status")).elements == (
        "id",
        "Patient.birthDate",
        "status",
    )


@pytest.mark.parametrize("value", ["nope", "Patient.nope", "Nope.id", "Patient.name.given", "", "Patient.", ".id"])
def test_what_is_no_element_at_the_root_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="_elements"):
        parsed(("_elements", value))
    assert len(parsed(("_elements", f"id,{value}"), lenient=True).ignored) == 1


@pytest.mark.requirement("BKO-042")
def test_patients_are_taken_from_a_body_as_references() -> None:
    posted = [("patient", "Patient/p1"), ("patient", "http://test/Patient/p2"), ("patient", "Patient/p1")]
    assert parsed(posted=posted).patients == ("p1", "p2")
    with pytest.raises(BadRequest, match="expected a valueReference"):
        parsed(posted=[("patient", "Group/g")])
    with pytest.raises(BadRequest, match="expected a valueReference"):
        parsed(posted=[("patient", "http://elsewhere.test/Patient/p1")])


@pytest.mark.requirement("BKO-045")
def test_patients_say_nothing_on_system_level() -> None:
    posted = [("patient", "Patient/p1")]
    with pytest.raises(BadRequest, match="nothing on system level"):
        parse_kick_off("system", "", (), HERE, posted=posted)
    request = parse_kick_off("system", "", (), HERE, posted=posted, lenient=True)
    assert (request.patients, len(request.ignored)) == ((), 1)


@pytest.mark.requirement("BKO-046", "BKO-047")
def test_of_conflicting_associated_data_the_larger_is_included() -> None:
    latest, relevant = "LatestProvenanceResources", "RelevantProvenanceResources"
    assert parsed(("includeAssociatedData", latest)).associated == "latest"
    assert parsed(("includeAssociatedData", f"{relevant},{latest}")).associated == "relevant"
    with pytest.raises(BadRequest, match="includeAssociatedData=_ours is not supported"):
        parsed(("includeAssociatedData", "_ours"))
    request = parsed(("includeAssociatedData", f"_ours,{latest}"), lenient=True)
    assert (request.associated, len(request.ignored)) == ("latest", 1)


@pytest.mark.requirement("BKO-050")
def test_partial_manifests_are_allowed_by_true() -> None:
    assert [parsed(("allowPartialManifests", value)).partial for value in ("true", "false")] == [True, False]
    with pytest.raises(BadRequest, match="expected true or false"):
        parsed(("allowPartialManifests", "yes"))
