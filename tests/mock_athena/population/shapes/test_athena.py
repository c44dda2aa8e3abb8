"""The shape of the real API: the records of the mission shape, with what it leaves out, puts inline and dates oddly."""

from base64 import b64decode
from itertools import pairwise
from typing import Any

import pytest

from mock_athena.population.recipe import Recipe
from mock_athena.population.shapes import athena
from mock_athena.population.streams import stream

Resource = dict[str, Any]
PATIENTS = 25


@pytest.fixture(scope="module")
def rendered(resources: list[Resource]) -> list[Resource]:
    assert Recipe(1, 500001, PATIENTS).shape == "mission"
    return list(Recipe(1, 500001, PATIENTS, shape="athena").resources())


@pytest.fixture(scope="module")
def mission(resources: list[Resource]) -> dict[str, Resource]:
    return {f"{made['resourceType']}/{made['id']}": made for made in resources}


@pytest.fixture(scope="module")
def pairs(rendered: list[Resource], mission: dict[str, Resource]) -> list[tuple[Resource, Resource]]:
    """(as the guide shows it, as the real API sends it) of each resource that both have."""
    named = ((f"{made['resourceType']}/{made['id']}", made) for made in rendered)
    return [(mission[name], made) for name, made in named if name in mission]


def of(type: str, pairs: list[tuple[Resource, Resource]]) -> list[tuple[Resource, Resource]]:
    found = [pair for pair in pairs if pair[0]["resourceType"] == type]
    assert found
    return found


def test_the_mission_shape_is_what_the_generator_writes(resources: list[Resource]) -> None:
    assert list(Recipe(1, 500001, PATIENTS, shape="mission").resources()) == resources


def test_nothing_is_lost_and_only_errors_and_the_archive_are_new(
    rendered: list[Resource], mission: dict[str, Resource]
) -> None:
    names = [f"{made['resourceType']}/{made['id']}" for made in rendered]
    assert len(set(names)) == len(names)
    assert set(mission) <= set(names)
    new = [made for made, name in zip(rendered, names, strict=True) if name not in mission]
    assert {made.get("status") for made in new if made["resourceType"] == "Observation"} == {"entered-in-error"}
    assert [made["id"] for made in new if made["resourceType"] != "Observation"] == [athena.OWNER_ID]


def test_rendering_leaves_the_mission_shape_as_it_was(resources: list[Resource]) -> None:
    before = repr(resources)
    athena.render(resources, stream(1, 500001, 1, "shape/athena"))
    assert repr(resources) == before


def test_meta_has_no_version_and_a_profile_on_some_types_only(pairs: list[tuple[Resource, Resource]]) -> None:
    with_profile = {after["resourceType"] for _, after in pairs if "profile" in after["meta"]}
    assert {"Condition", "Encounter", "CarePlan"} <= with_profile
    assert not with_profile & {"Patient", "Observation", "DiagnosticReport", "MedicationRequest"}
    assert all("versionId" not in after["meta"] for _, after in pairs)


def test_offsets_are_mixed(pairs: list[tuple[Resource, Resource]]) -> None:
    for type, end in (("Patient", ("-04:00", "-05:00")), ("Goal", ("-04:00", "-05:00")), ("Observation", ("Z",))):
        assert all(after["meta"]["lastUpdated"].endswith(end) for _, after in of(type, pairs))
    assert all("T00:00:00.000-0" in after["meta"]["lastUpdated"] for _, after in of("Encounter", pairs))


def test_an_entered_in_error_observation_stands_beside_the_right_one(rendered: list[Resource]) -> None:
    observations = [made for made in rendered if made["resourceType"] == "Observation"]
    wrong = [made for made in observations if made["status"] == "entered-in-error"]
    assert abs(len(wrong) / len(observations) - athena.IN_ERROR_SHARE) < 0.02
    assert all(made["identifier"][0]["value"] == made["id"] for made in wrong)
    before = {id(after): right for right, after in pairwise(observations)}
    own = ("id", "status", "identifier", "hasMember")
    for made in wrong:
        right = before[id(made)]
        assert {name: it for name, it in right.items() if name not in own} == {
            name: it for name, it in made.items() if name not in own
        }


def test_what_the_real_api_leaves_out_is_left_out(pairs: list[tuple[Resource, Resource]]) -> None:
    absent = {
        "Encounter": ("diagnosis", "appointment"),
        "CarePlan": ("activity", "description", "period"),
        "DiagnosticReport": ("conclusion", "conclusionCode"),
        "Observation": ("issued", "encounter", "performer"),
    }
    for type, names in absent.items():
        found = of(type, pairs)
        assert not any(name in after for _, after in found for name in names)
        assert any(name in before for before, _ in found for name in names), "the guide shows it"


def test_a_condition_that_has_abated_says_so_in_its_status(pairs: list[tuple[Resource, Resource]]) -> None:
    """The invariant con-4 of R4: https://hl7.org/fhir/R4/condition.html#invs."""
    found = [after for _, after in of("Condition", pairs)]
    assert any("clinicalStatus" not in made for made in found)
    assert all("clinicalStatus" in made for made in found if "abatementDateTime" in made)


def test_a_result_has_a_day_and_a_unit_in_words(pairs: list[tuple[Resource, Resource]]) -> None:
    results = [
        (before, after)
        for before, after in of("Observation", pairs)
        if before["category"][0]["coding"][0]["code"] == "laboratory"
    ]
    assert all(len(after["effectiveDateTime"]) == 10 for _, after in results)
    measured = [after["valueQuantity"] for _, after in results if "valueQuantity" in after]
    assert measured
    assert all(set(value) == {"value", "unit"} for value in measured)
    ranges = [each for _, after in results for each in after.get("referenceRange", ())]
    assert ranges
    assert all(set(each) == {"text"} for each in ranges)


def test_a_report_holds_its_text_itself_or_nothing(pairs: list[tuple[Resource, Resource]]) -> None:
    held = [
        (before, form)
        for before, after in of("DiagnosticReport", pairs)
        for form in after.get("presentedForm", ())
        if "conclusion" in before
    ]
    assert held
    assert all(b64decode(form["data"]).decode() == before["conclusion"] for before, form in held)


def test_a_note_is_inline_or_said_to_be_absent(
    pairs: list[tuple[Resource, Resource]], mission: dict[str, Resource]
) -> None:
    published, absent = 0, 0
    for before, after in of("DocumentReference", pairs):
        (content,) = after["content"]
        attachment = content["attachment"]
        assert after["custodian"] == {"reference": f"Organization/{athena.OWNER_ID}"}
        if "data" in attachment:
            urls = [each["attachment"]["url"] for each in before["content"]]
            texts = [mission[f"Binary/{url.rpartition('/')[2]}"]["data"] for url in urls if "/Binary/" in url]
            assert attachment["data"] in texts
            published += 1
        else:
            assert attachment["_data"]["extension"][0]["valueCode"] == "unknown"
            absent += 1
    assert published
    assert absent


def test_both_shapes_have_the_same_values(pairs: list[tuple[Resource, Resource]]) -> None:
    for before, after in pairs:
        assert before.get("code") == after.get("code")
        assert before.get("subject") == after.get("subject")
        if "valueQuantity" in before:
            assert before["valueQuantity"]["value"] == after["valueQuantity"]["value"]
