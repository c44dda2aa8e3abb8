"""Introspection, revocation, registration, and the documents of OpenID Connect and of SMART's style.

https://www.rfc-editor.org/rfc/rfc7662, https://www.rfc-editor.org/rfc/rfc7009, https://www.rfc-editor.org/rfc/rfc7591.
"""

from mock_athena.fhir.openapi.answers import headers, oauth_refusals, public
from mock_athena.fhir.openapi.served import Served
from mock_athena.fhir.openapi.words import FORM, JSON, TEXT, Json, body, content, in_query

_OBJECT: Json = {"type": "object"}
_CLIENT = {"client_id": TEXT, "client_secret": TEXT, "client_assertion_type": TEXT, "client_assertion": TEXT}


def paths(served: Served) -> dict[str, Json]:
    """The paths."""
    found = {
        served.introspect: _introspect(served),
        served.revoke: {"post": _revoke()},
        served.openid: {"get": _document("openidConfiguration", "Find the endpoints, as OpenID Connect has it.")},
        served.style: {"get": _document("smartStyle", "Get the colours and sizes that smart_style_url names.")},
    }
    return found | ({served.register: {"post": _register()}} if served.registers else {})


def _about_a_token(id: str, summary: str) -> Json:
    schema = {
        "type": "object",
        "required": ["token"],
        "properties": {"token": TEXT, "token_type_hint": TEXT, **_CLIENT},
    }
    return {
        "operationId": id,
        "tags": ["OAuth"],
        "summary": summary,
        "security": [{"client": []}, {}],
        "requestBody": body("The token, and who asks.", content(schema, FORM)),
    }


def _introspect(served: Served) -> Json:
    told = {"type": "object", "required": ["active"], "properties": {"active": {"type": "boolean"}, "scope": TEXT}}
    answers = {
        "200": public("Whether it is active, and what for.", content(told, JSON), "Cache-Control"),
        **oauth_refusals(400, 401, 405, 413, 500),
    }
    by_post = {**_about_a_token("introspect", "Ask what a token is good for."), "responses": answers}
    if not served.profile.introspect_by_get:
        return {"post": by_post}
    names = ("token", "token_type_hint")
    by_get = {name: value for name, value in by_post.items() if name != "requestBody"}
    asked = [in_query(name, "See the form.", TEXT, required=True) for name in names]
    return {"post": by_post, "get": {**by_get, "operationId": "introspectByGet", "parameters": asked}}


def _revoke() -> Json:
    done = {"description": "It is good no more.", "headers": headers(required=("X-Request-Id", "Cache-Control"))}
    answers = {"200": done, **oauth_refusals(400, 401, 405, 413, 500)}
    return {**_about_a_token("revoke", "End a token."), "responses": answers}


def _register() -> Json:
    schema = {"type": "object", "examples": [{"redirect_uris": ["http://localhost:3000/callback"]}]}
    return {
        "operationId": "register",
        "tags": ["OAuth"],
        "summary": "Register an application.",
        "security": [],
        "requestBody": body("Client metadata.", content(schema, JSON)),
        "responses": {
            "201": public("The client, with its id and secret.", content(_OBJECT, JSON), "Cache-Control"),
            **oauth_refusals(400, 401, 403, 405, 413, 500),
        },
    }


def _document(id: str, summary: str) -> Json:
    return {
        "operationId": id,
        "tags": ["OAuth"],
        "summary": summary,
        "security": [],
        "responses": {"200": public("The document.", content(_OBJECT, JSON)), **oauth_refusals(405, 500)},
    }
