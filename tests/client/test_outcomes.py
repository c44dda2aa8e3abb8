"""What an error body says, in the forms that servers send it."""

import json
from typing import Any

import pytest

from athena_fhir_client.outcomes import as_outcome, failed, in_words


def outcome(**issue: Any) -> str:
    return json.dumps(
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid", **issue}]}
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (outcome(diagnostics="no such parameter"), "invalid: no such parameter"),
        (
            outcome(details={"text": "bad date"}, expression=["Patient.birthDate"]),
            "invalid: bad date (Patient.birthDate)",
        ),
        (outcome(details="Invalid scope"), "invalid: Invalid scope"),
        (outcome(details={"coding": [{"code": "MSG_NO_MATCH"}]}), "invalid: MSG_NO_MATCH"),
        (outcome(), "invalid: error"),
        ('{"error": "invalid_client", "error_description": "who?"}', "invalid_client: who?"),
        ('{"error": "access_denied", "detailedmessage": "Policy"}', "access_denied: Policy"),
        ('"Service not registered"', "Service not registered"),
        ("<html>Bad\n gateway</html>", "<html>Bad gateway</html>"),
        ("", ""),
        ('{"resourceType": "OperationOutcome", "issue": "none"}', ""),
    ],
)
def test_in_words(body: str, words: str) -> None:
    assert in_words(body) == words


def test_a_long_body_is_shortened() -> None:
    assert len(in_words("x" * 10_000)) == 600


def test_only_errors_fail() -> None:
    told = as_outcome(outcome(severity="warning"))
    assert told is not None
    assert not failed(told)
    assert failed(as_outcome(outcome()) or {})
    assert as_outcome("[]") is None
