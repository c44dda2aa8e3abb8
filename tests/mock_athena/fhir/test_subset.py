"""``_summary`` and ``_elements``: what is kept of a resource, by R4's own marks."""

from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.subset import Summary, elements_of, subset

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "meta": {"versionId": "3", "tag": [{"code": "mine"}]},
    "implicitRules": "http://rules.test",
    "text": {"status": "generated", "div": "<div/>"},
    "extension": [{"url": "http://x.test", "valueString": "x"}],
    "active": True,
    "name": [{"family": "Young", "extension": [{"url": "http://x.test", "valueString": "y"}]}],
    "birthDate": "1990-01-01",
    "_birthDate": {"extension": [{"url": "http://time.test", "valueDateTime": "1990-01-01T10:00:00Z"}]},
    "deceasedBoolean": False,
    "maritalStatus": {"text": "single"},
    "contact": [{"name": {"family": "Old"}}],
    "communication": [{"language": {"text": "English"}, "preferred": True}],
    "link": [{"id": "l1", "other": {"reference": "Patient/q"}, "type": "seealso"}],
}
SUBSETTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"


def kept(summary: Summary = "false", *elements: str, of: dict[str, Any] = PATIENT) -> set[str]:
    """The names of what is left, apart from those that are always there."""
    found = subset(of, summary, elements)
    assert [tag["code"] for tag in found["meta"]["tag"] if tag.get("system") == SUBSETTED] == ["SUBSETTED"]
    assert found["resourceType"] == of["resourceType"]
    assert found["id"] == of["id"]
    return set(found) - {"resourceType", "id", "meta"}


@pytest.mark.requirement("RED-024")
def test_a_summary_keeps_what_r4_marks() -> None:
    marked = {"implicitRules", "active", "name", "birthDate", "_birthDate", "deceasedBoolean", "link"}
    assert kept("true") == marked


def test_a_summary_reaches_into_the_parts() -> None:
    assert subset(PATIENT, "true")["link"] == [{"other": {"reference": "Patient/q"}, "type": "seealso"}]


def test_a_summary_leaves_the_content_of_attachments_out() -> None:
    attachment = {"contentType": "text/plain", "title": "note", "data": "SGVsbG8="}
    document = {"resourceType": "DocumentReference", "id": "d", "content": [{"attachment": attachment}]}
    (content,) = subset(document, "true")["content"]
    assert content == {"attachment": {"contentType": "text/plain", "title": "note"}}


def test_the_text_comes_with_what_is_mandatory() -> None:
    assert kept("text") == {"text"}
    observation = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"text": "c"},
        "valueString": "v",
    }
    assert kept("text", of=observation) == {"status", "code"}


def test_data_is_everything_but_the_text() -> None:
    assert kept("data") == set(PATIENT) - {"resourceType", "id", "meta", "text"}


@pytest.mark.parametrize("summary", ["false", "count"])
def test_without_a_summary_nothing_changes(summary: Summary) -> None:
    assert subset(PATIENT, summary) is PATIENT


@pytest.mark.requirement("RED-024")
def test_elements_come_with_what_is_mandatory_and_what_modifies() -> None:
    modifiers = {"implicitRules", "active", "deceasedBoolean", "link"}
    assert kept("false", "name") == {"name", *modifiers}
    assert kept("false", "birthDate") == {"birthDate", "_birthDate", *modifiers}


@pytest.mark.parametrize("name", ["deceased", "deceased[x]", "deceasedBoolean"])
def test_an_element_of_several_types_is_named_in_any_way(name: str) -> None:
    assert "deceasedBoolean" in kept("false", name)
    observation = {"resourceType": "Observation", "id": "o", "valueQuantity": {"value": 1}, "issued": "2024"}
    assert kept("false", "value", of=observation) == {"valueQuantity"}


def test_tags_of_its_own_stay() -> None:
    assert subset(PATIENT, "data")["meta"]["tag"][0] == {"code": "mine"}
    assert len(PATIENT["meta"]["tag"]) == 1, "the resource itself is left alone"
    assert (
        subset({"resourceType": "Patient", "id": "p", "meta": "odd"}, "data")["meta"]["tag"][0]["code"] == "SUBSETTED"
    )


def test_odd_shapes_are_kept_as_they_are() -> None:
    odd = {"resourceType": "Patient", "id": "p", "name": "x", "link": [None, "y", {"other": 1, "z": 2}]}
    assert subset(odd, "true")["link"] == [None, "y", {"other": 1}]


def test_a_type_that_is_not_of_r4_is_left_alone() -> None:
    assert subset({"resourceType": "Starship"}, "true") == {"resourceType": "Starship"}


@pytest.mark.parametrize("type", list(RESOURCE_TYPES))
def test_the_table_agrees_with_another_reading_of_r4(type: str) -> None:
    model, ours = get_fhir_model_class(type), elements_of(type)
    assert ours is not None
    theirs = set(model.summary_elements_sequence()) - {"resource_type"}
    names = {model.model_fields[name].alias or name for name in theirs if name in model.model_fields}
    # Theirs are of R4B, which is R4 for these types but for what it added; mandatory ones are kept by us in any case.
    assert {name for name in names if name in ours.names} <= set(ours.summary)
    assert set(ours.summary) - names <= ours.required | {"implicitRules", "id", "meta"}
