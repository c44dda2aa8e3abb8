"""The OAuth endpoints: https://www.rfc-editor.org/rfc/rfc6749, https://hl7.org/fhir/smart-app-launch/STU2.2."""

from mock_athena.fhir.openapi import oauth_more
from mock_athena.fhir.openapi.answers import headers, oauth_refusals, public
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import FORM, JSON, TEXT, Json, body, content, in_query, ref

_HTML = {"text/html": {"schema": TEXT}}
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def paths(served: Served) -> dict[str, Json]:
    """The paths of the authorization server."""
    return {
        served.authorize: {"get": _authorize(served), "post": _authorize_by_post(served)},
        served.token: {"post": _token(served)},
        served.keys: {"get": _keys()},
        **oauth_more.paths(served),
    }


def _asked(served: Served) -> dict[str, tuple[str, Json, bool]]:
    """(what it is, schema, required) of each parameter of the authorization request."""
    return {
        "response_type": ("What is wanted.", {"type": "string", "enum": ["code"]}, True),
        "client_id": ("Who asks.", {"type": "string", "examples": ["mock-client"]}, True),
        "redirect_uri": ("Where the answer goes; one that is registered.", TEXT, True),
        "scope": ("What is asked for.", {"type": "string", "examples": ["launch/patient patient/*.rs"]}, True),
        "aud": (
            "The FHIR base URL.",
            {"type": "string", "examples": [served.origin + served.base]},
            True,
        ),
        "state": ("Comes back unchanged.", TEXT, True),
        "code_challenge": ("Of PKCE; a public client must send it.", TEXT, False),
        "code_challenge_method": ("Its method.", {"type": "string", "enum": ["S256"]}, False),
        "login_hint": ("User name of whoever is expected.", TEXT, False),
        "nonce": ("Comes back in the id_token.", TEXT, False),
        "prompt": ("What the person is to be asked.", {"type": "string", "examples": ["login"]}, False),
        "max_age": ("Seconds since the sign-in, at most.", {"type": "integer", "minimum": 0}, False),
        "launch": ("What the EHR's launch brought.", TEXT, False),
    }


_DECISION: dict[str, Json] = {
    "username": {"type": "string", "description": "Who signs in.", "examples": ["a-500001.E-1"]},
    "password": {"type": "string", "description": "That user's password.", "examples": ["test-E-1"]},
    "decision": {"type": "string", "enum": ["allow", "deny"], "description": "Of the user, on each scope named below."},
    "patient": {"type": "string", "description": "Id of the Patient whom a provider chooses."},
    "encounter": {"type": "string", "description": "Id of the Encounter, or none."},
    "allow launch/patient": {
        "type": "string",
        "description": "Allows that scope, whatever it says; and so on.",
    },
}


def _authorize(served: Served) -> Json:
    parameters = [in_query(name, told, schema, required=req) for name, (told, schema, req) in _asked(served).items()]
    return {**_authorization("authorize"), "parameters": parameters}


def _authorize_by_post(served: Served) -> Json:
    asked = _asked(served)
    schema = {
        "type": "object",
        "required": [name for name, (_, _, required) in asked.items() if required],
        "properties": {
            **{name: {**schema, "description": told} for name, (told, schema, _) in asked.items()},
            **_DECISION,
        },
    }
    form = body("The same; a program sends the decision of a user with it.", content(schema, FORM))
    found = _authorization("authorizeByPost")
    found["responses"] |= {
        "403": public("A page: the password is wrong, or a form is not one of this browser.", _HTML, "Cache-Control"),
        **oauth_refusals(413),
    }
    return {**found, "requestBody": form}


def _authorization(id: str) -> Json:
    redirect = {
        "description": "Back to the client, with a code or an error.",
        "headers": headers(required=("X-Request-Id", "Server-Timing", "Location", "Cache-Control")),
    }
    return {
        "operationId": id,
        "tags": ["OAuth"],
        "summary": "Sign somebody in and ask for consent.",
        "security": [],
        "responses": {
            "200": public("The page that asks.", _HTML, "Cache-Control"),
            "302": redirect,
            "400": public("A page that says what is wrong, where nobody can be redirected to.", _HTML),
            **oauth_refusals(405, 500),
        },
    }


def _token(served: Served) -> Json:
    names = {
        "grant_type": {"type": "string", "enum": list(served.grant_types)},
        "code": TEXT,
        "redirect_uri": TEXT,
        "code_verifier": TEXT,
        "refresh_token": TEXT,
        "scope": {"type": "string", "examples": ["system/*.rs"]},
        "client_id": {"type": "string", "examples": ["mock-client"]},
        "client_secret": {"type": "string", "examples": ["mock-secret"]},
        "client_assertion_type": {"type": "string", "enum": [_ASSERTION]},
        "client_assertion": TEXT,
    }
    schema: Json = {"type": "object", "required": ["grant_type"], "properties": names}
    token = content(ref("schemas", "Token"), JSON)
    return {
        "operationId": "token",
        "tags": ["OAuth"],
        "summary": "Get an access token.",
        "description": f"A form of {served.largest_form:,} bytes at most.",
        "security": [{"client": []}, {}],
        "requestBody": body("The grant.", content(schema, FORM)),
        "responses": {
            "200": public("The token.", token, "Cache-Control"),
            **oauth_refusals(400, 401, 405, 413, 500, *((429,) if served.token_limited else ())),
        },
    }


def _keys() -> Json:
    keys = content(ref("schemas", "KeySet"), JSON)
    return {
        "operationId": "keys",
        "tags": ["OAuth"],
        "summary": "Get the keys by which access tokens can be verified.",
        "security": [],
        "responses": {"200": public("The keys.", keys), **oauth_refusals(405, 500)},
    }
