"""What bodies look like. Of a resource: the names of its elements, and which of them R4 requires."""

from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import ID, TEXT, Json, ref
from mock_athena.fhir.subset import elements_of

_OTHERS = ("CapabilityStatement", "TerminologyCapabilities")
_URL: Json = {"type": "string", "format": "uri"}
_COUNT: Json = {"type": "integer", "minimum": 0}


def components(served: Served) -> dict[str, Json]:
    """Every schema."""
    types = {name: _resource(name) for name in (*_told_of(served), *_OTHERS)}
    details = _LAYERED_DETAILS if served.profile.errors == "layered" else _DETAILS
    return {**types, **_FHIR, "OperationOutcome": _outcome(details), **_BULK, **_OAUTH}


def _told_of(served: Served) -> list[str]:
    """The types whose resources come or go."""
    return [kind.name for kind in served.types.values() if kind.interactions or served.writable]


def _resource(name: str) -> Json:
    elements = elements_of(name)
    assert elements, name  # noqa: S101 - every type of the registry is one of R4's
    told = f"Required by R4: {', '.join(sorted(elements.required))}." if elements.required else "Nothing is required."
    return {
        "type": "object",
        "title": name,
        "description": f"https://hl7.org/fhir/R4/{name.lower()}.html. {told}",
        "required": ["resourceType"],
        "properties": {
            "resourceType": {"const": name},
            **{element: {} for element in sorted(elements.names)},
            "id": ID,
            "meta": {"type": "object"},
        },
    }


def _object(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(items: Json, **more: int) -> Json:
    return {"type": "array", "items": items, **more}


_ENTRY = _object(
    fullUrl=TEXT,
    resource={"type": "object", "required": ["resourceType"]},
    search={"type": "object"},
    request={"type": "object"},
    response={"type": "object"},
)
_DETAILS = _object(text=TEXT)
_LAYERED_DETAILS: Json = {"anyOf": [_DETAILS, TEXT]}
"""Also a mere string, as the real API's router has it."""

_FHIR: dict[str, Json] = {
    "Bundle": {
        **_object(
            "resourceType",
            "type",
            resourceType={"const": "Bundle"},
            type={"enum": ["searchset", "history", "batch-response", "transaction-response"]},
            timestamp=TEXT,
            total=_COUNT,
            link=_list(_object("relation", "url", relation=TEXT, url=_URL)),
            entry=_list(_ENTRY, minItems=1),
        ),
        "title": "Bundle",
    },
    "Batch": {
        **_object(
            "resourceType",
            "type",
            resourceType={"const": "Bundle"},
            type={"enum": ["batch", "transaction"]},
            entry=_list(
                _object(
                    "request",
                    fullUrl=TEXT,
                    resource={"type": "object"},
                    request=_object(
                        "method",
                        "url",
                        method={"enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]},
                        url=TEXT,
                        ifMatch=TEXT,
                        ifNoneExist=TEXT,
                        ifNoneMatch=TEXT,
                        ifModifiedSince=TEXT,
                    ),
                )
            ),
        ),
        "title": "Bundle of requests",
    },
    "Parameters": {
        **_object(
            "resourceType",
            resourceType={"const": "Parameters"},
            parameter=_list(_object("name", name=TEXT)),
        ),
        "title": "Parameters",
    },
}


def _outcome(details: Json) -> Json:
    issue = _object(
        "severity",
        "code",
        severity={"enum": ["fatal", "error", "warning", "information"]},
        code=TEXT,
        details=details,
        diagnostics=TEXT,
        location=_list(TEXT),
        expression=_list(TEXT),
    )
    of_type: Json = {"const": "OperationOutcome"}
    told = _object("resourceType", "issue", resourceType=of_type, issue=_list(issue, minItems=1))
    return {**told, "title": "OperationOutcome"}


_FILES = _list(_object("type", "url", type=TEXT, url=_URL, count=_COUNT, extension={"type": "object"}))
_LINK = _object("relation", "url", relation={"const": "next"}, url=_URL)
_BULK: dict[str, Json] = {
    "ExportManifest": {
        **_object(
            "transactionTime",
            "request",
            "requiresAccessToken",
            "output",
            "error",
            transactionTime={"type": "string", "format": "date-time"},
            request=_URL,
            requiresAccessToken={"type": "boolean"},
            output=_FILES,
            deleted=_FILES,
            error=_FILES,
            link=_list(_LINK, maxItems=1),
        ),
        "description": "https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status",
    }
}

_OAUTH: dict[str, Json] = {
    "Token": {
        **_object(
            "access_token",
            "token_type",
            "expires_in",
            "scope",
            access_token=TEXT,
            token_type={"const": "Bearer"},
            expires_in={"type": "integer", "minimum": 1},
            scope=TEXT,
            refresh_token=TEXT,
            id_token=TEXT,
            patient=ref("schemas", "Id"),
            encounter=ref("schemas", "Id"),
            need_patient_banner={"type": "boolean"},
            smart_style_url=_URL,
            ah_practice=TEXT,
        ),
        "description": "https://www.rfc-editor.org/rfc/rfc6749#section-5.1, with the launch context of SMART",
    },
    "OAuthError": {
        **_object("error", error=TEXT, error_description=TEXT),
        "description": "https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
    },
    "KeySet": _object("keys", keys=_list(_object("kty", kty=TEXT), minItems=1)),
    "SmartConfiguration": {
        **_object(
            "token_endpoint",
            "capabilities",
            issuer=_URL,
            authorization_endpoint=_URL,
            token_endpoint=_URL,
            introspection_endpoint=_URL,
            revocation_endpoint=_URL,
            registration_endpoint=_URL,
            jwks_uri=_URL,
            scopes_supported=_list(TEXT),
            grant_types_supported=_list(TEXT),
            code_challenge_methods_supported=_list(TEXT),
            capabilities=_list(TEXT),
        ),
        "description": "https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html",
    },
    "Id": ID,
}
