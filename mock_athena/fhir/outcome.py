"""OperationOutcome: https://hl7.org/fhir/R4/operationoutcome.html."""

import re
from collections.abc import Sequence
from typing import Any

from mock_athena.fhir.registry import RESOURCE_TYPES

_ELEMENT = re.compile(r"[A-Z][A-Za-z]+\.")  # how the path of an element begins, and no parameter or header


def issue(severity: str, code: str, text: str, expression: Sequence[str] = ()) -> dict[str, Any]:
    """One issue; ``severity`` and ``code`` are of the required value sets.

    Args:
        expression: what is at fault: paths of elements, or names of parameters or headers, which R4 also wants as
            ``http.{name}`` in ``location``.
    """
    made: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": text}, "diagnostics": text}
    if expression:
        made["expression"] = list(expression)
        if not any(_ELEMENT.match(each) or each in RESOURCE_TYPES for each in expression):
            made["location"] = [f"http.{each}" for each in expression]
    return made


def short_issue(severity: str, code: str, text: str, expression: Sequence[str] = ()) -> dict[str, Any]:
    """One issue with no more in it than the real API's services say."""
    made: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": text}}
    return made | {"expression": list(expression)} if expression else made


def operation_outcome(*issues: dict[str, Any]) -> dict[str, Any]:
    """An OperationOutcome with at least one issue."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}
