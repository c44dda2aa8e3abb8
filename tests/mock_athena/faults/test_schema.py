"""The JSON Schema of a scenario agrees with the loader."""

import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mock_athena.faults.catalogue import names
from mock_athena.faults.scenarios import scenario, shipped
from mock_athena.faults.schema import scenario_schema


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = scenario_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_valid(validator: Draft202012Validator, name: str) -> None:
    validator.validate(tomllib.loads(shipped()[name].read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", names())
def test_every_fault_is_valid_with_its_defaults(validator: Draft202012Validator, name: str) -> None:
    validator.validate({"fault": [{"kind": name}]})
    scenario("own", {"fault": [{"kind": name}]})


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"fault": []},
        {"fault": [{}]},
        {"faults": [{"kind": "status"}]},
        {"fault": [{"kind": "statu"}]},
        {"fault": [{"kind": "status", "prob": 1}]},
        {"fault": [{"kind": "status", "with": {"code": 1}}]},
        {"fault": [{"kind": "status", "with": {"status": "503"}}]},
        {"fault": [{"kind": "status", "at": "export"}]},
        {"fault": [{"kind": "status", "match": {"route": "control"}}]},
        {"fault": [{"kind": "status", "match": {"status": "many"}}]},
        {"fault": [{"kind": "status", "probability": 1.5}]},
        {"fault": [{"kind": "status", "times": -1}]},
        {"fault": [{"kind": "malformed-json", "with": {"how": "x"}}]},
        {"fault": [{"kind": "missing-headers", "with": {"names": "X"}}]},
    ],
)
def test_both_refuse_the_same(validator: Draft202012Validator, sent: dict[str, Any]) -> None:
    assert not validator.is_valid(sent)
    with pytest.raises(ValueError, match=r"expected|unknown"):
        scenario("own", sent)
