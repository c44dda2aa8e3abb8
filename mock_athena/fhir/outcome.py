"""OperationOutcome: https://hl7.org/fhir/R4/operationoutcome.html."""

from collections.abc import Sequence
from typing import Any


def issue(severity: str, code: str, text: str, expression: Sequence[str] = ()) -> dict[str, Any]:
    """One issue; ``severity`` and ``code`` are of the required value sets."""
    made: dict[str, Any] = {"severity": severity, "code": code, "details": {"text": text}, "diagnostics": text}
    if expression:
        made["expression"] = list(expression)
    return made


def operation_outcome(*issues: dict[str, Any]) -> dict[str, Any]:
    """An OperationOutcome with at least one issue."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}
