"""The parameters that say how an answer comes, not which resources: https://hl7.org/fhir/R4/search.html#return."""

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import TEXT, Json, in_header, in_query
from mock_athena.fhir.registry import COMMON, RESULT_PARAMETERS, ResourceType, pointing_to
from mock_athena.fhir.subset import SUMMARIES

_FORMATS = ("json", "application/json", "application/fhir+json", "text/json")
_INSTANT = "2024-01-15T10:00:00Z"
_HANDLING: Json = {"type": "string", "enum": ["handling=strict", "handling=lenient"]}
_RETURN: Json = {
    "type": "string",
    "enum": [f"return={how}" for how in ("minimal", "representation", "OperationOutcome")],
}

OF_ANSWERS = ("_format", "_pretty")
OF_READS = (*OF_ANSWERS, "_summary", "_elements")
OF_LISTS = (*OF_READS, "_count", "cursor")
OF_SEARCHES = (*OF_LISTS, "_total")
OF_CONDITIONS = ("If-None-Match", "If-Modified-Since")


def _told(served: Served) -> dict[str, tuple[str, Json]]:
    """(what it does, schema) of each."""
    return {
        "_format": ("The representation; beats Accept.", {"type": "string", "enum": list(_FORMATS)}),
        "_pretty": ("Whether the JSON is indented.", {"type": "string", "enum": ["true", "false"]}),
        "_summary": (
            "A part of each resource. `count`, the number of matches alone, is for lists.",
            {"type": "string", "enum": list(SUMMARIES)},
        ),
        "_elements": ("Names of elements at the root, with commas between them: only these.", TEXT),
        "_count": (
            f"Entries on a page; {served.most} at most, 0 for the total alone.",
            {"type": "integer", "minimum": 0, "default": served.count},
        ),
        "cursor": ("Where the next page begins. Only from a `next` link, followed as it was given.", TEXT),
        "_total": (
            "Whether the number of all matches is told.",
            {"type": "string", "enum": ["none", "estimate", "accurate"]},
        ),
    }


def components(served: Served) -> dict[str, Json]:
    """The parameters that are the same everywhere."""
    found = {name: in_query(name, told, schema) for name, (told, schema) in _told(served).items()}
    unknown = set(RESULT_PARAMETERS) - set(found) - {"_sort", "_include", "_revinclude"}
    assert not unknown, f"no words for {unknown}"  # noqa: S101 - the registry has a parameter that is not told here
    return found | {
        "_since": in_query("_since", "Only versions since then.", TEXT, example=_INSTANT),
        "_at": in_query("_at", "Only versions that were current at some time within it.", TEXT, example="2024"),
        "Prefer": in_header(
            "Prefer", "`handling=strict` refuses parameters that are unknown.", "handling=strict", _HANDLING
        ),
        "Prefer-return": in_header("Prefer", "What is answered.", "return=minimal", _RETURN),
        "If-None-Match": in_header("If-None-Match", "304 if this is the current version.", 'W/"1"'),
        "If-Modified-Since": in_header(
            "If-Modified-Since", "304 if nothing changed since.", "Mon, 15 Jan 2024 10:00:00 GMT"
        ),
        "If-Match": in_header("If-Match", "Only if this is the current version, else 412.", 'W/"1"'),
        "If-None-Exist": in_header(
            "If-None-Exist", "Only if nothing matches this search.", "identifier=http://example.org/ids|12345"
        ),
    }


def of_type(kind: ResourceType) -> dict[str, Json]:
    """The parameters of a search whose values are different for each type."""
    ordered = [each.code for each in (*kind.parameters.values(), *COMMON.values()) if each.has_order]
    key = f"-?({'|'.join(ordered)})"
    found = {
        "_sort": in_query(
            "_sort",
            "Search parameters to sort by; `-` before one for descending.",
            {"type": "string", "pattern": f"^{key}(,{key}){{0,9}}$"},
            example=f"-{ordered[0]}",
        )
    }
    forward = [(kind.name, parameter.code) for parameter in kind.references]
    for name, told, pairs in (
        ("_include", "What the matches point to comes along.", forward),
        ("_revinclude", "What points to the matches comes along.", pointing_to(kind.name)),
    ):
        if pairs:
            found[name] = _along(name, told, [":".join(pair) for pair in pairs])
    return found


def _along(name: str, told: str, pairs: list[str]) -> Json:
    text = {"type": "string", "pattern": rf"^(\*|({'|'.join(pairs)})(:[A-Z][A-Za-z]+)?)$"}
    described = f"{told} `*` for all; a third part names the type of the target. Also `{name}:iterate`."
    return in_query(name, described, {"type": "array", "items": text}, example=[pairs[0]])
