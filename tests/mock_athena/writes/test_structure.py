"""What R4 says of resources: nothing that is valid is refused, and what the models of fhir.resources refuse is."""

import copy
import random
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.population import population
from mock_athena.store.bodies import decoded, encoded
from mock_athena.writes import primitives
from mock_athena.writes.models import model_problems
from mock_athena.writes.structure import _table, structure_of
from tests.mock_athena.writes.mutants import mutants

Body = dict[str, Any]


@pytest.fixture(scope="module")
def resources() -> list[Body]:
    """Everything that five synthetic patients have, and their practice."""
    return [decoded(encoded(each)) for each in population(1, 500001, 5)]


def test_the_table_tells_of_every_type_that_is_served() -> None:
    types = _table()["types"]
    assert set(RESOURCE_TYPES) <= set(types)
    used = {row["type"] for rows in types.values() for row in rows.values()}
    assert used - set(types) - primitives.PRIMITIVES == {"Resource"}
    assert {row["codes"] for rows in types.values() for row in rows.values() if "codes" in row} == set(
        _table()["codes"]
    )


def test_what_we_generate_is_valid(resources: list[Body]) -> None:
    assert len({each["resourceType"] for each in resources}) >= len(RESOURCE_TYPES) - 2
    for resource in resources:
        assert structure_of(resource).problems == [], resource["id"]


def test_the_models_have_nothing_to_add(resources: list[Body]) -> None:
    for resource in resources[::7]:
        assert model_problems(resource, []) == [], resource["id"]


def refusal(resource: Body) -> str:
    """Why the model of its type refuses a resource; empty if it does not."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(copy.deepcopy(resource))
    except (ValidationError, AttributeError, TypeError) as error:  # the models themselves break on some shapes
        return str(error)
    return ""


def test_what_the_models_refuse_is_refused(resources: list[Body]) -> None:
    chance = random.Random(7)  # noqa: S311 - the same every time
    refused = 0
    for resource in resources[::5]:
        for mutant in mutants(resource, chance):
            why = refusal(mutant)
            refused += bool(why)
            assert structure_of(mutant).problems or not why, (why, mutant)
    assert refused > 300


def observation(**elements: Any) -> Body:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **elements}


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"value": 1}, ["Observation.value: Observation has no element of this name; expected valueQuantity or"]),
        (
            {"Status": "final"},
            ["Observation.Status: Observation has no element of this name; names are case sensitive"],
        ),
        ({"issued": "2026-01-01"}, ['Observation.issued: "2026-01-01" is no instant']),
        ({"issued": "2026-01-01T10:00:00.123456+02:00"}, []),
        ({"effectiveDateTime": "2026-01-01T10:00"}, ["Observation.effectiveDateTime"]),
        ({"effectivePeriod": {"start": "2026-02", "end": "2026-01-31"}}, ["Observation.effectivePeriod: ends at"]),
        ({"effectivePeriod": {"start": "2026-01", "end": "2026-01-31"}}, []),
        ({"_effectiveDateTime": {"extension": [{"url": "u", "valueCode": "x"}]}}, []),
        ({"_effectiveDateTime": {}}, ["Observation._effectiveDateTime: expected an object"]),
        ({"_effectiveDateTime": {"colour": 1}}, ["Observation._effectiveDateTime.colour"]),
        ({"_subject": {"id": "a"}}, ["Observation._subject: Observation has no element"]),
        ({"valueString": "x", "dataAbsentReason": {"text": "y"}}, ["obs-6"]),
        ({"valueInteger": 2**31}, ["Observation.valueInteger"]),
        ({"valueInteger": True}, ["Observation.valueInteger: true is no integer"]),
        ({"valueBoolean": 0}, ["Observation.valueBoolean: 0 is no boolean"]),
        ({"valueQuantity": {"value": Decimal("1e400")}}, []),
        ({"valueTime": "24:00:00"}, ["Observation.valueTime"]),
        ({"extension": [{"url": "u"}]}, ["ext-1"]),
        ({"extension": [{"url": "u", "valueString": "x", "extension": [{"url": "v", "valueId": "y"}]}]}, ["ext-1"]),
        ({"extension": [{"valueString": "x"}]}, ["Observation.extension[0].url: is required"]),
        ({"note": [{"text": "a"}, {"author": "b"}]}, ["Observation.note[1].author", "Observation.note[1].text"]),
        ({"text": {"status": "generated", "div": "plain"}}, ["Observation.text.div"]),
        ({"identifier": [None]}, ["Observation.identifier[0]: expected an object"]),
        (
            {"component": [{"code": {"text": "x"}, "referenceRange": [{"low": {"value": "1"}}]}]},
            ["referenceRange[0].low"],
        ),
    ],
)
def test_problems_are_told_by_path(elements: Body, told: list[str]) -> None:
    problems = [problem.message for problem in structure_of(observation(**elements)).problems]
    assert len(problems) == len(told), problems
    for problem, part in zip(sorted(problems), sorted(told), strict=True):
        assert any(part in each for each in problems), (part, problem)


def test_required_codes_of_concepts_need_their_system() -> None:
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"

    def problems(coding: Body) -> list[str]:
        condition = {"resourceType": "Condition", "subject": {"display": "x"}, "clinicalStatus": {"coding": [coding]}}
        return [problem.code for problem in structure_of(condition).problems]

    assert problems({"system": system, "code": "active"}) == []
    assert problems({"code": "active"}) == ["code-invalid"]
    assert problems({"system": system, "code": "asleep"}) == ["code-invalid"]
    assert problems({"system": "urn:other", "code": "active"}) == ["code-invalid"]


def test_names_within_names_are_taken_from_primitive_lists_too() -> None:
    patient = {"resourceType": "Patient", "name": [{"given": ["A", None], "_given": [None, {"id": "x"}]}]}
    assert structure_of(patient).problems == []
    patient["name"] = [{"given": ["A", 5]}]
    assert [problem.expression for problem in structure_of(patient).problems] == [("Patient.name[0].given[1]",)]
