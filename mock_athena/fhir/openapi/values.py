"""Search parameters in the words of JSON Schema: https://hl7.org/fhir/R4/search.html#ptypes.

A parameter is a list of texts: given again it is a further condition (AND), and commas within one text separate
alternatives (OR).
"""

from collections.abc import Mapping
from types import MappingProxyType

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import Json, in_query
from mock_athena.fhir.parameters import COMPARATORS, ParameterType
from mock_athena.fhir.registry import ResourceType, SearchParameter

_PREFIX = f"({'|'.join(COMPARATORS)})?"
_DAY = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+\-][0-9]{2}:[0-9]{2})?)?)?)?"
_DATE = f"{_PREFIX}{_DAY}"

_FORMS: Mapping[ParameterType, str] = MappingProxyType(
    {
        "token": "`code`, `system|code`, `|code` (without a system) or `system|`",
        "string": "the beginning of the text, without regard to case and accents",
        "date": "a date, or an instant with its offset, in any precision",
        "reference": "`id`, `Type/id` or an absolute URL",
        "uri": "the whole URL",
        "quantity": "`number`, `number|system|code` or `number||code`",
        "composite": "the values of its parts, with `$` between them",
    }
)
_PATTERNS: Mapping[ParameterType, str] = MappingProxyType({"date": f"^{_DATE}(,{_DATE})*$"})


def search_parameter(kind: ResourceType, parameter: SearchParameter, served: Served) -> Json:
    """The parameter in a query."""
    text: Json = {"type": "string", "minLength": 1}
    if parameter.type in _PATTERNS:
        text["pattern"] = _PATTERNS[parameter.type]
    schema = {"type": "array", "items": text}
    told = in_query(parameter.code, described(kind, parameter), schema, example=[example(parameter, served)])
    return {**told, "x-fhir-type": parameter.type}


def described(kind: ResourceType, parameter: SearchParameter) -> str:
    """What a parameter matches, and how its values are written."""
    paths = " or ".join(".".join(filter(None, (kind.name, path))) for path in parameter.paths)
    said = [f"Matches {paths}.", f"A {parameter.type}: {_form(parameter)}."]
    if parameter.targets:
        said.append(f"Points to {' or '.join(parameter.targets)}.")
    if parameter.comparators:
        said.append(f"Prefixes: {', '.join(parameter.comparators)}.")
    if parameter.modifiers:
        said.append(f"Modifiers: {', '.join(f':{modifier}' for modifier in parameter.modifiers)}.")
    if parameter.type == "reference":
        chains = f", and chains such as `{parameter.code}.name`" * kind.linked
        said.append(f"Also `:Type`{chains}.")
    return " ".join(said)


def _form(parameter: SearchParameter) -> str:
    if parameter.presence:
        return "`true` or `false`"
    if parameter.parts:
        return f"`{'$'.join(f'{{{part.code}}}' for part in parameter.parts)}`"
    return _FORMS[parameter.type]


def example(parameter: SearchParameter, served: Served) -> str:
    """A value that can be sent."""
    if parameter.code == "_id":
        return served.patient
    if parameter.parts:
        return "$".join(example(part, served) for part in parameter.parts)
    match parameter.type:
        case "token":
            return "true" if parameter.presence else "http://example.org/codes|code"
        case "string":
            return "smith"
        case "date":
            return "ge2024-01-01"
        case "reference":
            target = (*parameter.targets, "Organization" if parameter.code.startswith("ah-") else "Patient")[0]
            return f"Patient/{served.patient}" if target == "Patient" else f"{target}/1"
        case "uri":
            return "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"
        case _:
            return "gt5.4|http://unitsofmeasure.org|mg"
