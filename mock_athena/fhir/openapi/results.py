"""The parameters that say how an answer comes, not which resources: https://hl7.org/fhir/R4/search.html#return."""

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import TEXT, Json, in_header, in_query
from mock_athena.fhir.registry import RESULT_PARAMETERS, ResourceType, reverse_includes
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
PRACTICE = "ah-practice"
OF_CONDITIONS = ("If-None-Match", "If-Modified-Since")


def _told(served: Served) -> dict[str, tuple[str, Json]]:
    """(what it does, schema) of each."""
    nothing = ", 0 for the total alone" if served.profile.bundle_total else ""
    return {
        "_format": ("The representation; beats Accept.", {"type": "string", "enum": list(_FORMATS)}),
        "_pretty": ("Whether the JSON is indented.", {"type": "string", "enum": ["true", "false"]}),
        "_summary": (
            "A part of each resource. `count`, the number of matches alone, is for lists.",
            {"type": "string", "enum": list(SUMMARIES)},
        ),
        "_elements": ("Names of elements at the root, with commas between them: only these.", TEXT),
        "_count": (
            f"Entries on a page; {served.most} at most{nothing}.",
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
    told = _told(served)
    unknown = set(RESULT_PARAMETERS) - set(told) - {"_sort", "_include", "_revinclude"}
    assert not unknown, f"no words for {unknown}"  # noqa: S101 - the registry has a parameter that is not told here
    taken = {*OF_READS, *(name for kind in served.searchable for name in of_searches(kind))}
    found = {name: in_query(name, what, schema) for name, (what, schema) in told.items() if name in taken}
    if served.profile.tenancy:
        found[PRACTICE] = _practice(served)
    if served.profile.versions:
        found |= _of_versions()
    return found | {
        "Prefer": in_header(
            "Prefer",
            "Whether parameters that are unknown are refused (`strict`) or ignored (`lenient`).",
            "handling=strict",
            _HANDLING,
        ),
        "Prefer-return": in_header("Prefer", "What is answered.", "return=minimal", _RETURN),
        "If-None-Match": in_header("If-None-Match", "304 if this is the current version.", 'W/"1"'),
        "If-Match": in_header("If-Match", "Only if this is the current version, else 412.", 'W/"1"'),
        "If-None-Exist": in_header(
            "If-None-Exist", "Only if nothing matches this search.", "identifier=http://example.org/ids|12345"
        ),
    }


def _of_versions() -> dict[str, Json]:
    return {
        "_since": in_query("_since", "Only versions since then.", TEXT, example=_INSTANT),
        "_at": in_query("_at", "Only versions that were current at some time within it.", TEXT, example="2024"),
        "If-Modified-Since": in_header(
            "If-Modified-Since", "304 if nothing changed since.", "Mon, 15 Jan 2024 10:00:00 GMT"
        ),
    }


def _practice(served: Served) -> Json:
    told = "The practice in which the request is meant; a token that is no patient's needs it."
    id = f"a-1.Practice-{served.environment.practice}"
    schema: Json = {"type": "string", "enum": [f"Organization/{id}", id]}
    return {**in_query(PRACTICE, told, schema, example=f"Organization/{id}"), "x-fhir-type": "reference"}


def of_reads(served: Served) -> tuple[str, ...]:
    """What a read of one version takes."""
    conditions = OF_CONDITIONS if served.profile.versions else ()
    return (*OF_READS, *conditions, *((PRACTICE,) if served.profile.tenancy else ()))


def of_searches(kind: ResourceType) -> tuple[str, ...]:
    """What a search takes that is the same for every type."""
    practice = (PRACTICE,) if PRACTICE in kind.accepted else ()
    return (*(name for name in OF_SEARCHES if name in OF_ANSWERS or kind.takes(name)), *practice)


def of_type(kind: ResourceType) -> dict[str, Json]:
    """The parameters of a search whose values are different for each type."""
    return {**_sort(kind), **_includes(kind), **_accepted(kind)}


def _sort(kind: ResourceType) -> dict[str, Json]:
    if not kind.takes("_sort"):
        return {}
    ordered = [each.code for each in (*kind.parameters.values(), *kind.common.values()) if each.has_order]
    key = f"-?({'|'.join(ordered)})"
    told = "Search parameters to sort by; `-` before one for descending."
    schema = {"type": "string", "pattern": f"^{key}(,{key}){{0,9}}$"}
    return {"_sort": in_query("_sort", told, schema, example=f"-{ordered[0]}")}


def _includes(kind: ResourceType) -> dict[str, Json]:
    forward = [f"{kind.name}:{code}" for code in kind.followed]
    return {
        name: _along(name, told, pairs)
        for name, told, pairs in (
            ("_include", "What the matches point to comes along.", forward),
            ("_revinclude", "What points to the matches comes along.", list(reverse_includes(kind))),
        )
        if pairs and kind.takes(name)
    }


def _accepted(kind: ResourceType) -> dict[str, Json]:
    """What is taken and changes nothing, but for the practice, which is the same for every type."""
    return {
        name: {**in_query(name, "Taken, and changes nothing that is found.", TEXT), "x-fhir-type": type}
        for name, type in kind.accepted.items()
        if name != PRACTICE
    }


def _along(name: str, told: str, pairs: list[str]) -> Json:
    text = {"type": "string", "pattern": rf"^(\*|({'|'.join(pairs)})(:[A-Z][A-Za-z]+)?)$"}
    described = f"{told} `*` for all; a third part names the type of the target. Also `{name}:iterate`."
    return in_query(name, described, {"type": "array", "items": text}, example=[pairs[0]])
