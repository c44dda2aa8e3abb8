"""SMART scopes: their grammar, and what they allow.

Both spellings are read: v1 ``patient/Observation.read`` and v2 ``patient/Observation.rs``
(https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). ``r`` (read, vread, history of an
instance) and ``s`` (search, history of a type) are separate rights. A granular scope (``?category=…``) is parsed,
and allows nothing by itself: whoever cannot filter by it must not treat it as the whole type.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mock_athena.fhir.registry import RESOURCE_TYPES

LETTERS = {"c": "create", "r": "read", "u": "update", "d": "delete", "s": "search"}
PLAIN_SCOPES = frozenset(
    (
        "openid",
        "fhirUser",
        "profile",
        "launch",
        "launch/patient",
        "launch/encounter",
        "offline_access",
        "online_access",
    )
)

_V1 = {"read": "rs", "write": "cud", "*": "cruds"}
_PATTERN = re.compile(
    r"(patient|user|system)/(\*|[A-Z][A-Za-z]*)\.(?:(read|write|\*)|(?=[cruds])(c?r?u?d?s?)(?:\?([^\s?]+))?)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope.

    Attributes:
        text: as it was spelled.
        context: ``patient``, ``user`` or ``system``; empty for a plain name such as ``offline_access``.
        type: a resource type, or ``*`` for all.
        letters: the rights, out of ``cruds`` and in that order.
        condition: of a granular scope, what follows the ``?``; else empty.
    """

    text: str
    context: str = ""
    type: str = ""
    letters: str = ""
    condition: str = ""


def parse_scope(text: str) -> Scope | None:
    """The scope that ``text`` spells; None for one that SMART does not know or that breaks its grammar."""
    if text in PLAIN_SCOPES:
        return Scope(text)
    match = _PATTERN.fullmatch(text)
    if not match:
        return None
    context, type, v1, v2, condition = match.groups()
    return Scope(text, context, type, _V1[v1] if v1 else v2, condition or "")


def parse_scopes(text: str) -> tuple[Scope, ...]:
    """All understood scopes of a list separated by spaces, in order, each once."""
    parsed = (parse_scope(part) for part in dict.fromkeys(text.split()))
    return tuple(scope for scope in parsed if scope)


def covers(wide: Scope, narrow: Scope) -> bool:
    """``wide`` grants everything that ``narrow`` does."""
    if not wide.context or not narrow.context:
        return wide.text == narrow.text
    return (
        wide.context == narrow.context
        and wide.type in ("*", narrow.type)
        and set(narrow.letters) <= set(wide.letters)
        and wide.condition in ("", narrow.condition)
    )


def allows(scopes: Iterable[Scope], type: str, letter: str) -> bool:
    """Some scope grants ``letter`` (one of ``cruds``) on resources of ``type``, unconditionally."""
    return any(
        letter in scope.letters and (scope.type == type or scope.type == "*") and not scope.condition
        for scope in scopes
    )


def unknown_types(text: str) -> tuple[str, ...]:
    """The types that the scopes of a list separated by spaces name and that are not served here, each once."""
    types = dict.fromkeys(scope.type for scope in parse_scopes(text))
    return tuple(type for type in types if type not in ("", "*") and type not in RESOURCE_TYPES)
