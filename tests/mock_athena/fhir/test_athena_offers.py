"""What the athena profile offers is what the real API was seen to offer, but for what is named here.

Those facts are frozen in ``athena_offers.json``, which says where they come from.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from mock_athena.fhir.capability import capability_statement
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType, known_parameter, offered
from mock_athena.profiles import ATHENA, MISSION

SEEN: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("athena_offers.json").read_text(encoding="utf-8")
)["types"]
TYPES = offered("athena")

# Of the whole server, so every type takes it; or a named query or a code of which nobody knows what it finds.
EVERYWHERE = {"ah-practice", "_security"}
LEFT_OUT = {
    "DiagnosticReport": {"_query"},
    "DocumentReference": {"_query"},
    "QuestionnaireResponse": {"questionnaireCode"},
}
# A date points nowhere. '*' stands for all that are named, and for all that we can follow where it stands alone.
NOT_FOLLOWED = {"DocumentReference:ah-published-date-time-to-portal", "*"}


def taken(kind: ResourceType) -> set[str]:
    return {*kind.parameters, *kind.common, *kind.accepted, *(kind.controls or ())}


def test_the_types_are_those_that_we_hold_of_those_that_it_has() -> None:
    assert set(TYPES) == set(SEEN) & set(RESOURCE_TYPES)
    assert set(SEEN) - set(TYPES) == {"FamilyMemberHistory", "MeasureReport", "Media", "Questionnaire"}
    assert set(RESOURCE_TYPES) - set(TYPES) == {"PractitionerRole", "Schedule", "Slot"}


@pytest.mark.parametrize("name", list(TYPES))
def test_interactions(name: str) -> None:
    # Nothing can be created by these means: that is another switch.
    assert set(TYPES[name].interactions) == set(SEEN[name]["interactions"]) - {"create"}


@pytest.mark.parametrize("name", list(TYPES))
def test_parameters(name: str) -> None:
    kind = TYPES[name]
    if kind.searchable:
        seen = set(SEEN[name]["parameters"]) - LEFT_OUT.get(name, set())
        includes = {"_include"} if SEEN[name]["include"] else set()
        revincludes = {"_revinclude"} if SEEN[name]["revinclude"] else set()
        assert taken(kind) == seen | EVERYWHERE | includes | revincludes
    else:
        assert not kind.parameters
        assert not kind.common


@pytest.mark.parametrize("name", list(TYPES))
def test_required_combinations(name: str) -> None:
    assert [list(combination) for combination in TYPES[name].required] == SEEN[name]["combinations"]


@pytest.mark.parametrize("name", list(TYPES))
def test_includes(name: str) -> None:
    kind = TYPES[name]
    seen = {each for each in SEEN[name]["include"] if each not in NOT_FOLLOWED}
    mine = {f"{name}:{code}" for code in kind.followed}
    assert mine == seen if SEEN[name]["include"] != ["*"] else mine
    assert list(kind.reverse_includes or ()) == SEEN[name]["revinclude"]
    for code in kind.followed:
        parameter = known_parameter(name, code)
        assert parameter is not None
        assert parameter.type == "reference"


def test_what_the_mission_offers_is_everything() -> None:
    assert offered(MISSION.surface) is RESOURCE_TYPES
    assert all(kind.required == () and kind.offered is None for kind in RESOURCE_TYPES.values())


def test_the_statement_says_what_the_profile_offers() -> None:
    urls = ("http://x.test", "http://x.test/a", "http://x.test/t")
    said = capability_statement(*urls, "1", "A test.", writable=False, update_creates=False, profile=ATHENA)
    CapabilityStatement.model_validate(said)
    (rest,) = said["rest"]
    assert "operation" not in rest
    assert [each["name"] for each in rest["searchParam"]] == ["ah-practice"]
    rows = {row["type"]: row for row in rest["resource"]}
    assert set(rows) == set(TYPES)
    for name, row in rows.items():
        assert {each["name"] for each in row.get("searchParam", ())} == (
            taken(TYPES[name]) if TYPES[name].searchable else set()
        )
        assert row["versioning"] == "no-version"
        assert "readHistory" not in row
        combinations = [[part["valueString"] for part in each["extension"]] for each in row.get("extension", ())]
        assert combinations == SEEN[name]["combinations"]
    assert "interaction" not in rows["Group"]
    assert [name for name, row in rows.items() if "operation" in row] == ["Group"]
