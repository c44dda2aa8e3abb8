"""SMART scopes: their grammar, and which grants more than which.

Both spellings are read: v1 ``patient/Observation.read`` and v2 ``patient/Observation.rs``
(https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). ``r`` (read, vread, history of an
instance) and ``s`` (search, history of a type) are separate rights. A granular scope has a search behind a ``?``, which
what it grants must meet; :mod:`mock_athena.auth.granular` says what that means.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mock_athena.auth.scope_queries import implies
from mock_athena.errors import shortened
from mock_athena.fhir.registry import RESOURCE_TYPES

LETTERS = {"c": "create", "r": "read", "u": "update", "d": "delete", "s": "search"}
CONTEXTS = ("patient", "user", "system")
PLAIN_SCOPES = (
    "openid",
    "fhirUser",
    "profile",
    "launch",
    "launch/patient",
    "launch/encounter",
    "offline_access",
    "online_access",
)
"""Scopes that name no records, in the order in which they are listed."""

V1 = {"read": "rs", "write": "cud", "*": "cruds"}
_TYPE = re.compile(r"\*|[A-Z][A-Za-z]*", re.ASCII)
_VISIBLE = re.compile(r"[\x21-\x7e]+")


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


def read_scope(text: str) -> Scope:
    """The scope that ``text`` spells.

    Raises:
        ValueError: SMART knows no such scope; says which rule of the grammar it breaks.
    """
    if text in PLAIN_SCOPES:
        return Scope(text)
    context, slash, rest = text.partition("/")
    if not _VISIBLE.fullmatch(text) or not slash:
        known = ", ".join(sorted(PLAIN_SCOPES))
        message = f"expected {known}, or a context, a type and rights such as patient/Observation.rs"
        raise ValueError(message)
    if context not in CONTEXTS:
        message = f"expected {', '.join(CONTEXTS[:-1])} or {CONTEXTS[-1]} before the /, not {shortened(context, 40)!r}"
        raise ValueError(message)
    granted, question, condition = rest.partition("?")
    type, dot, rights = granted.partition(".")
    if not dot or not _TYPE.fullmatch(type):
        message = "expected a resource type or * after the /, a dot, and rights: patient/Observation.rs"
        raise ValueError(message)
    if question and (rights in V1 or not condition):
        raise ValueError(_wrong_query(f"{context}/{type}", rights, condition))
    return Scope(text, context, type, V1.get(rights) or _letters(rights), condition)


def parse_scope(text: str) -> Scope | None:
    """The scope that ``text`` spells; None for one that SMART does not know or that breaks its grammar."""
    try:
        return read_scope(text)
    except ValueError:
        return None


def parse_scopes(text: str) -> tuple[Scope, ...]:
    """All understood scopes of a list separated by spaces, in order, each once."""
    parsed = (parse_scope(part) for part in dict.fromkeys(text.split()))
    return tuple(scope for scope in parsed if scope)


def covers(wide: Scope, narrow: Scope) -> bool:
    """``wide`` grants everything that ``narrow`` does, as far as their words show."""
    if not wide.context or not narrow.context:
        return wide.text == narrow.text
    return (
        wide.context == narrow.context
        and wide.type in ("*", narrow.type)
        and set(narrow.letters) <= set(wide.letters)
        and implies(narrow.condition, wide.condition)
    )


def unknown_types(text: str) -> tuple[str, ...]:
    """The types that the scopes of a list separated by spaces name and that are not served here, each once."""
    types = dict.fromkeys(scope.type for scope in parse_scopes(text))
    return tuple(type for type in types if type not in ("", "*") and type not in RESOURCE_TYPES)


def names(scope: Scope, type: str) -> bool:
    """Whether a scope is about a type."""
    return scope.type in ("*", type)


def in_letters(letters: Iterable[str]) -> str:
    """``rs`` → ``r (read) and s (search)``."""
    return " and ".join(f"{letter} ({LETTERS[letter]})" for letter in letters)


def _letters(rights: str) -> str:
    """The letters of a v2 scope.

    Raises:
        ValueError: there are none, or others, or they are not in their order.
    """
    unknown = "".join(dict.fromkeys(letter for letter in rights if letter not in LETTERS))
    if unknown or not rights:
        known = ", ".join(f"{letter} ({meaning})" for letter, meaning in LETTERS.items())
        message = f"{shortened(unknown, 20)!r} is no right" if unknown else "there are no rights after the dot"
        message = f"{message}; expected some of {known}, or read, write or * as in v1"
        raise ValueError(message)
    ordered = "".join(letter for letter in LETTERS if letter in rights)
    if ordered != rights:
        message = f"rights come once, in the order cruds: write .{ordered}, not .{shortened(rights, 20)}"
        raise ValueError(message)
    return rights


def _wrong_query(granted: str, rights: str, condition: str) -> str:
    if not condition:
        return "expected a search after the ?, such as category=laboratory"
    return f".{rights} is v1, which has no searches: write {granted}.{V1[rights]}?{shortened(condition)}"
