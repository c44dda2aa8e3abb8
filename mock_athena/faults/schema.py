"""The JSON Schema of a scenario file, made from the faults that there are: for editors and whoever writes such files.

https://json-schema.org/draft/2020-12. What the loader checks beyond it (ranges of a fault's own) is said by the loader.
"""

from typing import Any, Literal, get_args, get_origin

from mock_athena.faults.catalogue import fault_class, names, parameters, teaches
from mock_athena.faults.parameters import Parameter
from mock_athena.faults.scenarios import ROUTES, STATUS

_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0}


def scenario_schema() -> dict[str, Any]:
    """The schema, as JSON values."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of mock-athena",
        "type": "object",
        "additionalProperties": False,
        "required": ["fault"],
        "properties": {
            "teaches": {"type": "string", "description": "what it shows"},
            "seed": {"type": "integer", "description": "of everything that is drawn"},
            "fault": {"type": "array", "minItems": 1, "items": {"oneOf": [_rule(name) for name in names()]}},
        },
    }


def _rule(kind: str) -> dict[str, Any]:
    with_ = {each.name: _value(each) for each in parameters(kind)}
    return {
        "title": kind,
        "description": teaches(kind),
        "type": "object",
        "additionalProperties": False,
        "required": ["kind"],
        "properties": {
            "kind": {"const": kind},
            "with": {"type": "object", "additionalProperties": False, "properties": with_},
            "match": _match(),
            "name": {"type": "string"},
            "at": {"enum": list(fault_class(kind)().phases())},
            "nth": _COUNT,
            "every": _COUNT,
            "times": _COUNT,
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "start": _SECONDS,
            "stop": _SECONDS,
        },
    }


def _match() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{name: {"type": "string"} for name in ("method", "path", "client")},
            "route": {"enum": list(ROUTES)},
            "environment": {"enum": ["production", "sandbox"]},
            "status": {"type": "string", "pattern": f"^{STATUS}$"},
        },
    }


def _value(parameter: Parameter) -> dict[str, Any]:
    if get_origin(parameter.type) is Literal:
        return {"enum": list(get_args(parameter.type)), "default": parameter.default}
    if get_origin(parameter.type) is tuple:
        return {"type": "array", "items": {"type": "string"}, "default": list(parameter.default)}
    types = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return {"type": types[parameter.type], "default": parameter.default}
