"""Scopes in the words of a person who is asked to consent."""

import re

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
        return f"{verb} all your health records"
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", scope.type).lower()
    return f"{verb} your records of the kind {kind}"
