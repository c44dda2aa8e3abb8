"""The registry agrees with itself and with the official search parameters.

Those are frozen in ``r4_search_parameters.json``, which says where they come from.
"""

import json
import re
from pathlib import Path
from typing import Any

from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES, RESULT_PARAMETERS, SearchParameter
from tests.together import together

OFFICIAL: dict[str, dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("r4_search_parameters.json").read_text(encoding="utf-8")
)["parameters"]

EVERY = [(name, each) for name, kind in RESOURCE_TYPES.items() for each in kind.parameters.values()]
EVERY += [("Resource", each) for each in COMMON.values()]

# In R4 a choice element carries its type in its name.
CHOICE = (
    "Age", "Boolean", "CodeableConcept", "Coding", "Date", "DateTime", "Instant", "Period", "Quantity",
    "Reference", "String",
)  # fmt: skip
# Types of a choice that we leave out: no resource here has them, or they are compared with nothing.
LEFT_OUT = ("Range", "SampledData", "Timing")


def alternatives(type: str, expression: str) -> list[str]:
    """The elements of a FHIRPath expression, as far as the official parameters go."""
    plain = re.sub(r"\.where\((?:[^()]|\([^()]*\))*\)", "", expression.split(".exists()")[0])
    # The code of a coding is what a token is compared with anyway.
    plain = re.sub(r"(extension\.value)(?:\.coding)?\.code", r"\1", plain)
    return [_element(type, part.strip()) for part in plain.split(" | ")]


def _element(type: str, part: str) -> str:
    cast = re.fullmatch(r"\(?([\w.]+?)(?: as |\.as\()(\w+)\)(.*)", part)
    name, choice, rest = cast.groups() if cast else (part, "", "")
    suffix = choice[:1].upper() + choice[1:] if choice not in ("", "date", "dateTime") else ""
    return re.sub(rf"^{type}(?:\.|$)", "", name) + suffix + rest


def says(path: str, element: str) -> bool:
    plain = re.sub(r"\[[^]]*\]", "", path)
    return plain == element or plain in {element + suffix for suffix in CHOICE}


@together("type, parameter", EVERY)
def test_a_parameter_is_an_official_one_of_that_type(type: str, parameter: SearchParameter) -> None:
    assert parameter.type == OFFICIAL[type][parameter.code]["type"]


@together("type, parameter", EVERY)
def test_its_paths_are_those_of_the_official_expression(type: str, parameter: SearchParameter) -> None:
    if parameter.code == "_id":
        assert parameter.paths == ("id",)
        return
    expected = alternatives(type, OFFICIAL[type][parameter.code]["expression"])
    expected = [element for element in expected if not element.endswith(LEFT_OUT)]
    strays = [path for path in parameter.paths if not any(says(path, element) for element in expected)]
    missing = [element for element in expected if not any(says(path, element) for path in parameter.paths)]
    assert (strays, missing) == ([], []), expected


@together("type, parameter", EVERY)
def test_it_points_only_to_official_targets_that_are_served(type: str, parameter: SearchParameter) -> None:
    official = OFFICIAL[type][parameter.code].get("targets", list(RESOURCE_TYPES))
    assert set(parameter.targets) <= set(official) & set(RESOURCE_TYPES)
    assert not parameter.targets or parameter.type == "reference"


@together("type, parameter", EVERY)
def test_a_composite_consists_of_the_official_parts(type: str, parameter: SearchParameter) -> None:
    official = OFFICIAL[type][parameter.code].get("components", [])
    found = [part.code for part in parameter.parts]
    # R4 swaps the two definitions of relationship; its expressions have the order that we have.
    assert found == (official[::-1] if parameter.code == "relationship" and found else official)


@together("name", RESOURCE_TYPES)
def test_the_ordering_date_is_a_date_parameter(name: str) -> None:
    kind = RESOURCE_TYPES[name]
    parameter = kind.parameter(kind.date) if kind.date else None
    assert (parameter is not None and parameter.type == "date") == bool(kind.date)


@together("name", RESOURCE_TYPES)
def test_a_type_of_a_compartment_is_searched_by_patient_on_the_same_path(name: str) -> None:
    kind = RESOURCE_TYPES[name]
    patient = kind.parameter("patient")
    if kind.patient in ("", "id") or not kind.searchable:
        assert patient is None
    else:
        assert patient is not None
        assert patient.paths == (kind.patient,)
        assert patient.targets == ("Patient",)


def test_names_are_told_apart() -> None:
    for kind in RESOURCE_TYPES.values():
        assert not set(kind.parameters) & set(COMMON), kind.name
        assert not {*kind.parameters, *COMMON} & set(RESULT_PARAMETERS), kind.name
        assert kind.names_patients <= (not kind.patient), kind.name


def test_a_code_is_found_in_the_type_or_in_the_common_ones() -> None:
    kind = RESOURCE_TYPES["Observation"]
    assert kind.parameter("combo-code") is kind.parameters["combo-code"]
    assert kind.parameter("_id") is COMMON["_id"]
    assert kind.parameter("family") is None
