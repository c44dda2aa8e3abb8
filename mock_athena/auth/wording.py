"""Scopes in the words of a person who is asked to consent."""

import re

from mock_athena.auth.scope_queries import pairs_in
from mock_athena.auth.scopes import LETTERS, Scope, parse_scope

_PLAIN = {
    "launch/patient": "Know which patient you are",
    "offline_access": "Keep access while you are not using the application",
    "online_access": "Keep access while you are using the application",
}
_FAMILIAR = {"rs": "See", "cud": "Change", "cruds": "See and change", "r": "Open", "s": "Search"}


def in_words(text: str) -> str:
    """``patient/Observation.rs`` → ``See your records of the kind observation``; an unknown scope as it is."""
    scope = parse_scope(text)
    if scope is None:
        return text
    return _resource_words(scope) if scope.context else _PLAIN.get(text, text)


def _resource_words(scope: Scope) -> str:
    verb = _FAMILIAR.get(scope.letters) or ", ".join(LETTERS[letter] for letter in scope.letters).capitalize()
    if scope.type == "*":
        return f"{verb} all your health records{_only(scope)}"
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", scope.type).lower()
    return f"{verb} your records of the kind {kind}{_only(scope)}"


def _only(scope: Scope) -> str:
    """What a granular scope is limited to: ``, only those with category vital-signs``; empty for any other."""
    try:
        pairs = pairs_in(scope.condition) if scope.condition else []
    except ValueError:
        return f", only those with {scope.condition}"
    told = [f"{name} {' or '.join(each.rpartition('|')[2] for each in value.split(','))}" for name, value in pairs]
    return f", only those with {' and '.join(told)}" if told else ""
