"""The parameters that say how results come, not which: https://hl7.org/fhir/R4/search.html#return."""

from collections.abc import Mapping
from typing import get_args

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.references import is_id
from mock_athena.fhir.registry import RESOURCE_TYPES, ResourceType, SearchParameter, known_parameter, reverse_includes
from mock_athena.search.query import MAXIMUM_COUNT, Include, Total
from mock_athena.store.criteria import SortKey

ONCE = ("_count", "_elements", "_sort", "_summary", "_total", "cursor")
"""Parameters that mean nothing if they come twice."""

_MOST_KEYS = 10
"""Parameters to sort by; each is looked up in every match."""

_ITERATE = ("iterate", "recurse")
INCLUDES = ("_include", "_revinclude", *(f"{name}:{m}" for name in ("_include", "_revinclude") for m in _ITERATE))

UNSUPPORTED: Mapping[str, str] = {
    "_text": "search of narratives",
    "_content": "search of the whole content",
    "_filter": "a filter expression",
    "_list": "a list",
    "_query": "a named query",
    "_contained": "search of contained resources",
    "_containedType": "search of contained resources",
}
"""What R4 defines and we do not have: ignoring it would answer another question."""


_TOTALS: Mapping[str, Total] = {total: total for total in get_args(Total)}


def count(text: str) -> int:
    """How many matches are wanted on a page; never more than :data:`MAXIMUM_COUNT`.

    Raises:
        BadRequest: not a whole number.
    """
    if not text.isascii() or not text.isdecimal():
        message = f"_count={text}: expected a whole number, 0 or more; at most {MAXIMUM_COUNT} come on a page"
        raise BadRequest(message, expression=["_count"])
    return min(int(text), MAXIMUM_COUNT) if len(text) < 10 else MAXIMUM_COUNT


def first_id(text: str) -> str:
    """The id that a cursor is, where a cursor is the id with which its page begins; empty for the first page.

    Raises:
        BusinessRule: it is no id.
    """
    if text and not is_id(text):
        from mock_athena.search.as_real import invalid_request  # seldom needed

        reason = f"cursor={shortened(text)}: expected the id of the first resource of a page, as a next link has it"
        raise invalid_request(reason, "cursor")
    return text


def total(text: str) -> Total:
    """The value of ``_total``.

    Raises:
        BadRequest: none of R4's.
    """
    if text not in _TOTALS:
        message = f"_total={text}: expected {', '.join(_TOTALS)}"
        raise BadRequest(message, expression=["_total"])
    return _TOTALS[text]


def require_elements(text: str | None) -> None:
    """Refuse ``_elements`` that names none; which names there are is the matter of those who render.

    Raises:
        BadRequest: it names none.
    """
    if text is not None and not text.strip(" ,"):
        message = f"_elements={text}: expected names of elements, such as _elements=id,status"
        raise BadRequest(message, expression=["_elements"])


def sort(kind: ResourceType, text: str, *, by_id: bool = False) -> tuple[SortKey, ...]:
    """What to sort by; nothing where that is the order in which results come anyway.

    Args:
        by_id: they come in the order of their ids; else newest first.

    Raises:
        BadRequest: a name that is no parameter of the type, or one that has no order.
    """
    parts = text.split(",")
    if len(parts) > _MOST_KEYS:
        message = f"_sort={shortened(text)}: {len(parts):,} parameters to sort by; expected {_MOST_KEYS} at most"
        raise BadRequest(message, expression=["_sort"])
    keys = tuple(_sort_key(kind, part) for part in parts)
    return () if keys == (SortKey(kind.date, descending=True),) and not by_id else keys


def _sort_key(kind: ResourceType, text: str) -> SortKey:
    name = text.strip().removeprefix("-")
    parameter = kind.parameter(name)
    if parameter is None or not parameter.has_order:
        known = sorted(p.code for p in (*kind.parameters.values(), *kind.common.values()) if p.has_order)
        message = (
            f"_sort={shortened(text)}: expected one or several of {', '.join(known)}, each with '-' for descending"
        )
        raise BadRequest(message, expression=["_sort"])
    return SortKey(name, descending=text.strip().startswith("-"))


def includes(kind: ResourceType, name: str, text: str) -> tuple[Include, ...]:
    """What ``_include=text`` or ``_revinclude=text`` brings along; several for ``*``.

    Raises:
        BadRequest: not ``Type:parameter`` or ``Type:parameter:Target`` of references that there are.
    """
    plain, _, modifier = name.partition(":")
    reverse, iterate = plain == "_revinclude", modifier in _ITERATE
    if text == "*":
        pairs = (each.split(":") for each in _followed(kind, reverse=reverse))
        return tuple(Include(type, param, "", reverse, iterate) for type, param in pairs)
    source, param, target = [*text.split(":"), "", ""][:3]
    parameter = _reference(kind, source, param, reverse=reverse)
    if text.count(":") > 2 or parameter is None:
        raise _no_include(kind, plain, text, RESOURCE_TYPES.get(source))
    if target and target not in (parameter.targets or RESOURCE_TYPES):
        message = f"{plain}={text}: {source}.{param} never points to {target}"
        raise BadRequest(message, expression=[plain])
    return (Include(source, param, target, reverse, iterate),)


def _followed(kind: ResourceType, *, reverse: bool) -> tuple[str, ...]:
    """``Type:parameter`` of what an include of this type's search can follow by itself."""
    return reverse_includes(kind) if reverse else tuple(f"{kind.name}:{code}" for code in kind.followed)


def _reference(kind: ResourceType, source: str, param: str, *, reverse: bool) -> SearchParameter | None:
    """The parameter that an include follows; None if it is no reference, or not to be followed here."""
    if source not in RESOURCE_TYPES:
        return None
    only = kind.reverse_includes if reverse else kind.includes
    if only is None:
        parameter = RESOURCE_TYPES[source].parameters.get(param)
    else:
        parameter = known_parameter(source, param) if f"{source}:{param}" in _followed(kind, reverse=reverse) else None
    return parameter if parameter and parameter.type == "reference" else None


def _no_include(kind: ResourceType, name: str, text: str, pointing: ResourceType | None) -> BadRequest:
    if kind.includes is not None:
        known = ", ".join(_followed(kind, reverse=name == "_revinclude")) or "none"
        message = f"{name}={text} is not supported; with {kind.name} there is {known}"
    elif pointing:
        known = ", ".join(f"{pointing.name}:{parameter.code}" for parameter in pointing.references) or "none"
        message = f"{name}={text} is not supported; references of {pointing.name} are {known}"
    else:
        example = next(iter(f"{kind.name}:{parameter.code}" for parameter in kind.references), "Provenance:target")
        message = f"{name}={text}: expected Type:parameter or Type:parameter:Target, such as {example}"
    return BadRequest(message, expression=[name])
