"""What a written resource says of ourselves, in the form in which it is stored: under whatever name we are reached.

A reference below our own base URL becomes ``Type/id``; the URL of a document of ours gets the placeholder that is
filled in whenever the resource is served (:mod:`mock_athena.fhir.placeholders`).
"""

from typing import Any

from mock_athena.fhir.placeholders import DOCUMENTS, FHIR_BASE
from mock_athena.fhir.references import parse_reference
from mock_athena.writes.writing import Writing


def unnamed(value: Any, writing: Writing) -> Any:
    """A JSON value without our own name in its references and URLs."""
    if isinstance(value, list):
        return [unnamed(each, writing) if isinstance(each, dict | list) else each for each in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for name, part in value.items():
        if isinstance(part, dict | list):
            made[name] = unnamed(part, writing)
        elif isinstance(part, str) and name == "reference":
            made[name] = _reference(part, writing)
        elif isinstance(part, str) and name == "url":
            made[name] = _url(part, writing)
        else:
            made[name] = part
    return made


def _reference(text: str, writing: Writing) -> str:
    literal = parse_reference(text)
    if literal is None or not literal.base or not writing.is_ours(literal.base):
        return text
    return text[len(literal.base) + 1 :]


def _url(text: str, writing: Writing) -> str:
    if text.startswith(f"{writing.documents}/"):
        return DOCUMENTS + text[len(writing.documents) :]
    literal = parse_reference(text)
    if literal is not None and literal.base and writing.is_ours(literal.base):
        return FHIR_BASE + text[len(literal.base) :]
    return text
