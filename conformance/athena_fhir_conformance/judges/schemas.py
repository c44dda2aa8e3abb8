"""The shapes of what servers answer beside FHIR, as JSON Schema, with the places where each is said.

A schema says what must be there and of which kind. What depends on other answers is the checks' business.
"""

from typing import Any

from jsonschema import Draft202012Validator

_URL = {"type": "string", "pattern": "^https?://[^ /]+"}
_INSTANT = {
    "type": "string",
    "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
    r"(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))$",
}
_TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}

_FILE = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "type": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
        "url": _URL,
        "count": {"type": "integer", "minimum": 0},
        "extension": {"type": "object"},
    },
}

MANIFEST: dict[str, Any] = {
    "type": "object",
    "required": ["transactionTime", "request", "requiresAccessToken", "output", "error"],
    "properties": {
        "transactionTime": _INSTANT,
        "request": _URL,
        "requiresAccessToken": {"type": "boolean"},
        "output": {"type": "array", "items": _FILE},
        "deleted": {"type": "array", "items": _FILE},
        "error": {"type": "array", "items": _FILE},
        "link": {"type": "array"},
        "extension": {"type": "object"},
    },
}
"""https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status"""

SMART_CONFIGURATION: dict[str, Any] = {
    "type": "object",
    "required": ["token_endpoint", "grant_types_supported", "capabilities", "code_challenge_methods_supported"],
    "properties": {
        **dict.fromkeys(
            (
                "issuer",
                "jwks_uri",
                "authorization_endpoint",
                "token_endpoint",
                "introspection_endpoint",
                "revocation_endpoint",
                "management_endpoint",
                "registration_endpoint",
            ),
            _URL,
        ),
        **dict.fromkeys(
            (
                "capabilities",
                "grant_types_supported",
                "scopes_supported",
                "response_types_supported",
                "code_challenge_methods_supported",
                "token_endpoint_auth_methods_supported",
                "token_endpoint_auth_signing_alg_values_supported",
            ),
            _TEXTS,
        ),
    },
}
"""https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#metadata"""

TOKEN_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["access_token", "token_type", "scope"],
    "properties": {
        "access_token": {"type": "string", "minLength": 1},
        "token_type": {"type": "string", "pattern": "^[Bb][Ee][Aa][Rr][Ee][Rr]$"},
        "expires_in": {"type": "number", "exclusiveMinimum": 0},
        "scope": {"type": "string", "minLength": 1},
        "refresh_token": {"type": "string", "minLength": 1},
        "id_token": {"type": "string", "pattern": r"^[\w-]+\.[\w-]+\.[\w-]+$"},
        "patient": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
        "encounter": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
        "need_patient_banner": {"type": "boolean"},
        "smart_style_url": _URL,
        "fhirContext": {
            "type": "array",
            "items": {
                "type": "object",
                "anyOf": [{"required": ["reference"]}, {"required": ["canonical"]}, {"required": ["identifier"]}],
            },
        },
    },
}
"""https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#response-4"""

OAUTH_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "pattern": r"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$"},
        "error_description": {"type": "string"},
        "error_uri": {"type": "string"},
    },
}
"""https://www.rfc-editor.org/rfc/rfc6749#section-5.2"""

INTROSPECTION: dict[str, Any] = {
    "type": "object",
    "required": ["active", "scope", "client_id", "exp"],
    "properties": {
        "active": {"const": True},
        "scope": {"type": "string"},
        "client_id": {"type": "string"},
        "exp": {"type": "integer"},
        "iss": {"type": "string"},
        "sub": {"type": "string"},
        "fhirUser": _URL,
        "patient": {"type": "string"},
        "encounter": {"type": "string"},
    },
}
"""https://hl7.org/fhir/smart-app-launch/STU2.2/token-introspection.html"""

OPENID_CONFIGURATION: dict[str, Any] = {
    "type": "object",
    "required": [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    ],
    "properties": {
        "issuer": _URL,
        "authorization_endpoint": _URL,
        "token_endpoint": _URL,
        "jwks_uri": _URL,
        "response_types_supported": _TEXTS,
        "subject_types_supported": _TEXTS,
        "id_token_signing_alg_values_supported": {**_TEXTS, "contains": {"const": "RS256"}},
    },
}
"""https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata"""

OPERATION_OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["resourceType", "issue"],
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["severity", "code"],
                "properties": {
                    "severity": {"enum": ["fatal", "error", "warning", "information"]},
                    "code": {"type": "string", "minLength": 1},
                },
            },
        },
    },
}
"""https://hl7.org/fhir/R4/operationoutcome.html"""


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    """What of ``value`` is not as ``schema`` says, each with its place; empty where all is."""
    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message}" for error in errors]
