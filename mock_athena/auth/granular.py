"""What a granular scope asks of a resource: ``category=http://…|laboratory``, in the words of a search.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters
Any parameter of the type can be used, with its modifiers. What asks about other resources (chains, ``_has``) cannot,
nor can a date that is approximate, which means something else every day. The parser is that of searches, so that a
scope and a search of the same words find the same.
"""

from collections.abc import Mapping
from functools import lru_cache

from mock_athena.auth.scope_queries import pairs_in
from mock_athena.auth.scopes import Scope, read_scope
from mock_athena.errors import shortened
from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES, ResourceType, SearchParameter
from mock_athena.store.criteria import Chained, Condition, IsPointedTo


def problem_of(text: str) -> str:
    """Why a scope cannot be kept: it breaks the grammar, or its search is none; empty where it can."""
    try:
        conditions(read_scope(text))
    except ValueError as error:
        return str(error)
    return ""


@lru_cache(maxsize=1 << 10)
def conditions(scope: Scope) -> tuple[Condition, ...]:
    """What a resource must meet, all of it, for a scope to grant something on it.

    Raises:
        ValueError: a parameter is unknown or malformed, or the type is not served; says what was expected.
    """
    if not scope.condition:
        return ()
    # Imported here: most tokens have no such scope.
    from mock_athena.search.circumstances import Circumstances
    from mock_athena.search.criterion import criterion

    kind, possible = _possible(scope.type)
    circumstances = Circumstances(is_ours=lambda _: False, now=0, known_id=str)
    found: list[Condition] = []
    for name, value in pairs_in(scope.condition):
        _require_usable(scope.type, possible, name, value)
        try:
            one = criterion(kind, name, value, circumstances)
        except ValueError as error:
            message = f"{name}={shortened(value)}: {error}"
            raise ValueError(message) from None
        if isinstance(one, Chained | IsPointedTo):
            message = f"{shortened(name, 60)} asks about other resources, which a scope cannot"
            raise ValueError(message)
        found.append(one)
    return tuple(found)


def _possible(type: str) -> tuple[ResourceType, Mapping[str, SearchParameter]]:
    """The parameters that can be used; for ``*`` those that mean the same for every type."""
    if type == "*":
        return next(iter(RESOURCE_TYPES.values())), COMMON
    kind = RESOURCE_TYPES.get(type)
    if kind is None:
        message = f"there is no resource type {shortened(type, 40)} here"
        raise ValueError(message)
    return kind, {**kind.parameters, **COMMON}


def _require_usable(type: str, possible: Mapping[str, SearchParameter], name: str, value: str) -> None:
    code = name.partition(".")[0].partition(":")[0]
    if code not in possible:
        of = "every type has" if type == "*" else f"{type} has"
        known = ", ".join(sorted(possible))
        message = f"{shortened(code, 60)!r} is no search parameter that {of}; expected one of {known}"
        raise ValueError(message)
    if possible[code].type == "date" and any(part.startswith("ap") for part in value.split(",")):
        message = f"{name}={shortened(value)}: 'ap' means another time every day; say it with ge and lt"
        raise ValueError(message)
