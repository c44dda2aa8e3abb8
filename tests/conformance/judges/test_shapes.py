"""JSON Schemas: what is right passes, and each thing that is missing or of another kind is named."""

from typing import Any

import pytest

from athena_fhir_conformance.judges import schemas

MANIFEST = {
    "transactionTime": "2026-01-01T00:00:00.000Z",
    "request": "http://a/fhir/Patient/$export",
    "requiresAccessToken": True,
    "output": [{"type": "Patient", "url": "http://a/1", "count": 2}],
    "error": [],
}
TOKEN = {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "scope": "system/Patient.rs"}
INTROSPECTION = {"active": True, "scope": "a", "client_id": "b", "exp": 1}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "throttled"}]}


def test_what_is_right_has_no_faults() -> None:
    assert schemas.faults(schemas.MANIFEST, MANIFEST) == []
    assert schemas.faults(schemas.TOKEN_ANSWER, TOKEN) == []
    assert schemas.faults(schemas.INTROSPECTION, INTROSPECTION) == []
    assert schemas.faults(schemas.OPERATION_OUTCOME, OUTCOME) == []
    assert schemas.faults(schemas.OAUTH_ERROR, {"error": "invalid_client", "detailedmessage": "no"}) == []


@pytest.mark.parametrize(
    ("schema", "good", "change"),
    [
        (schemas.MANIFEST, MANIFEST, {"transactionTime": "2026-01-01"}),
        (schemas.MANIFEST, MANIFEST, {"transactionTime": "2026-01-01T00:00:00"}),
        (schemas.MANIFEST, MANIFEST, {"request": "/fhir/Patient/$export"}),
        (schemas.MANIFEST, MANIFEST, {"requiresAccessToken": "true"}),
        (schemas.MANIFEST, MANIFEST, {"error": None}),
        (schemas.MANIFEST, MANIFEST, {"output": [{"type": "Patient", "url": "/1"}]}),
        (schemas.MANIFEST, MANIFEST, {"output": [{"type": "Patient", "url": "http://a/1", "count": "2"}]}),
        (schemas.TOKEN_ANSWER, TOKEN, {"token_type": "mac"}),
        (schemas.TOKEN_ANSWER, TOKEN, {"expires_in": "300"}),
        (schemas.TOKEN_ANSWER, TOKEN, {"need_patient_banner": "true"}),
        (schemas.TOKEN_ANSWER, TOKEN, {"fhirContext": ["Patient/1"]}),
        (schemas.INTROSPECTION, INTROSPECTION, {"exp": "1"}),
        (schemas.INTROSPECTION, INTROSPECTION, {"active": "true"}),
        (schemas.OPERATION_OUTCOME, OUTCOME, {"issue": []}),
        (schemas.OPERATION_OUTCOME, OUTCOME, {"issue": [{"severity": "bad", "code": "x"}]}),
        (schemas.OAUTH_ERROR, {"error": "invalid_grant"}, {"error": ""}),
    ],
)
def test_what_is_wrong_is_named(schema: dict[str, Any], good: dict[str, Any], change: dict[str, Any]) -> None:
    (name,) = change
    faults = schemas.faults(schema, {**good, **change})
    assert len(faults) == 1
    assert faults[0].startswith(f"$.{name}")


def test_what_is_missing_is_named() -> None:
    for name in MANIFEST:
        without = {key: value for key, value in MANIFEST.items() if key != name}
        assert schemas.faults(schemas.MANIFEST, without) == [f"$: {name!r} is a required property"]
