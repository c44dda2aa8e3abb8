"""What a scope grants (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html)."""

import re
from dataclasses import dataclass

_SCOPE = re.compile(
    r"(?P<context>patient|user|system)/(?P<type>\*|[A-Z][A-Za-z]*)"
    r"\.(?P<rights>read|write|\*|(?=[cruds])c?r?u?d?s?)(?:\?(?P<search>.+))?"
)
_V1 = {"read": "rs", "write": "cud", "*": "cruds"}


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope for resources: of whom, which type, which rights, and which part of the type."""

    context: str
    type: str
    rights: frozenset[str]
    search: str


def scope_of(text: str) -> Scope | None:
    """The scope that ``text`` is; None for a launch, an identity, or what breaks the grammar."""
    match = _SCOPE.fullmatch(text)
    if match is None:
        return None
    rights = frozenset(_V1.get(match["rights"], match["rights"]))
    return Scope(match["context"], match["type"], rights, match["search"] or "")


def covers(granted: str, context: str, type: str, right: str) -> bool:
    """Whether the scopes of a token, separated by spaces, allow ``right`` on every resource of ``type``."""
    return any(
        scope.context == context and scope.type in ("*", type) and right in scope.rights and not scope.search
        for scope in map(scope_of, granted.split())
        if scope
    )


def beyond(granted: str, asked: str) -> list[str]:
    """The granted scopes for resources that go beyond what was asked for."""
    return [text for text in granted.split() if text not in asked.split() and not _within(text, asked)]


def _within(text: str, asked: str) -> bool:
    scope = scope_of(text)
    if scope is None:
        return False
    return any(
        wide.context == scope.context
        and wide.type in ("*", scope.type)
        and scope.rights <= wide.rights
        and wide.search in ("", scope.search)
        for wide in map(scope_of, asked.split())
        if wide
    )
