"""The parameters that say how an answer comes, not which resources: https://hl7.org/fhir/R4/search.html#return."""

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import TEXT, Json, in_header, in_query, ref, refs
from mock_athena.fhir.registry import RESULT_PARAMETERS, ResourceType, pointing_to
from mock_athena.fhir.subset import SUMMARIES

_TEXTS: Json = {"type": "array", "items": {"type": "string", "minLength": 1}}
_FORMATS = ("json", "application/json", "application/fhir+json", "text/json")
_INSTANT = "2024-01-15T10:00:00Z"

OF_ANSWERS = ("_format", "_pretty")
OF_READS = (*OF_ANSWERS, "_summary", "_elements")
OF_LISTS = (*OF_READS, "_count", "cursor")
OF_SEARCHES = (*OF_LISTS, "_sort", "_total", "_include", "_revinclude")
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
        "_sort": ("Search parameters to sort by, with commas between them; `-` before one for descending.", TEXT),
        "_total": (
            "Whether the number of all matches is told.",
            {"type": "string", "enum": ["none", "estimate", "accurate"]},
        ),
        "_include": (
            "`Type:parameter` or `Type:parameter:Target`: what the matches point to comes along. Also `:iterate`.",
            _TEXTS,
        ),
        "_revinclude": ("Likewise, what points to the matches.", _TEXTS),
    }


def components(served: Served) -> dict[str, Json]:
    """The parameters that are the same everywhere."""
    found = {name: in_query(name, told, schema) for name, (told, schema) in _told(served).items()}
    unknown = set(RESULT_PARAMETERS) - set(found)
    assert not unknown, f"no words for {unknown}"  # noqa: S101 - the registry has a parameter that is not told here
    return found | {
        "_since": in_query("_since", "Only versions since then.", TEXT, example=_INSTANT),
        "_at": in_query("_at", "Only versions that were current at some time within it.", TEXT, example="2024"),
        "Prefer": in_header("Prefer", "`handling=strict` refuses parameters that are unknown.", "handling=strict"),
        "Prefer-return": in_header("Prefer", "What is answered.", "return=minimal"),
        "If-None-Match": in_header("If-None-Match", "304 if this is the current version.", 'W/"1"'),
        "If-Modified-Since": in_header(
            "If-Modified-Since", "304 if nothing changed since.", "Mon, 15 Jan 2024 10:00:00 GMT"
        ),
        "If-Match": in_header("If-Match", "Only if this is the current version, else 412.", 'W/"1"'),
        "If-None-Exist": in_header(
            "If-None-Exist", "Only if nothing matches this search.", "identifier=http://example.org/ids|12345"
        ),
    }


def of_search(kind: ResourceType) -> list[Json]:
    """What a search takes beside its own parameters."""
    return [*refs("parameters", names_of_search(kind)), ref("parameters", "Prefer")]


def names_of_search(kind: ResourceType) -> list[str]:
    """The names of those that a query or a form can have."""
    without = {"_include": not kind.references, "_revinclude": not pointing_to(kind.name)}
    return [name for name in OF_SEARCHES if not without.get(name)]
