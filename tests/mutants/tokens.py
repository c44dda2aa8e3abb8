"""Tokens that are accepted or issued where they must not be, and tokens that reach too far."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from mock_athena.auth.caller import Caller
from mock_athena.errors import Unauthorized
from tests.mutants.changes import (
    answered,
    below,
    both,
    edited,
    header,
    header_made,
    of_status,
    removed,
    replaced,
    smart_configuration,
    status,
    token_answer,
)
from tests.mutants.instead import forgetful, forgiving, nothing
from tests.mutants.mutant import Mutant, Part, Requests
from tests.mutants.probe import (
    BASE,
    CALLBACK,
    CHALLENGE,
    ORIGIN,
    PATIENT,
    Prober,
    sent,
)

_PATIENT = f"/Patient/{PATIENT}"
_SMART = f"{BASE}/.well-known/smart-configuration"
_TOLD = ("error", "token_type", "expires_in", "scope", "patient")


def _expired(tester: Prober) -> object:
    bearer = tester.bearer()
    tester.advance(3601)
    return tester.send("GET", _PATIENT, bearer).status


def _revoked(tester: Prober) -> object:
    token = tester.signed_in()["access_token"]
    form = urlencode({"token": token, "client_id": "mock-public"}).encode()
    revoked = tester.send("POST", f"{ORIGIN}/oauth2/v1/revoke", _FORM, form)
    return revoked.status, tester.send("GET", _PATIENT, {"Authorization": f"Bearer {token}"}).status


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _renamed(grant: Any) -> Any:
    from dataclasses import replace

    return replace(grant, client_id=BASE)


def _forged(tester: Prober) -> object:
    token = tester.bearer()["Authorization"]
    return tester.send("GET", _PATIENT, {"Authorization": token[:-8] + "AAAAAAAA"}).status


def _redeemed(**changes: str) -> Callable[[Prober], object]:
    return lambda tester: tester.redeem(tester.code(), **changes).status


def _redeemed_twice(tester: Prober) -> object:
    code = tester.code()
    return tester.redeem(code).status, tester.redeem(code).status


def _asked_for_consent(**changes: str) -> Callable[[Prober], object]:
    def ask(tester: Prober) -> object:
        answer = tester.authorize(**changes)
        query = parse_qs(answer.headers.get("location", "").partition("?")[2])
        return answer.status, sorted(query), query.get("error"), query.get("state")

    return ask


def _refreshed(*forms: dict[str, str], client: str = "mock-public") -> Callable[[Prober], object]:
    """What refresh requests bring, each with the first refresh token."""

    def refresh(tester: Prober) -> object:
        token = tester.signed_in(scope="launch/patient offline_access patient/Condition.rs")["refresh_token"]
        seen = []
        for form in forms:
            sent = {"grant_type": "refresh_token", "client_id": client, "refresh_token": token, **form}
            answer = tester.token({name: value for name, value in sent.items() if value}, form.get("basic", ""))
            seen.append((answer.status, [(answer.json or {}).get(name) for name in _TOLD]))
        return seen

    return refresh


def _token_response(tester: Prober) -> object:
    form = {"grant_type": "client_credentials", "scope": "system/Patient.rs"}
    answer = tester.token(form, "mock-client:mock-secret")
    told = answer.json or {}
    return answer.status, answer.headers.get("cache-control"), sorted(told), [repr(told.get(name)) for name in _TOLD]


def _secret_wrong(tester: Prober) -> object:
    answer = tester.token({"grant_type": "client_credentials"}, "mock-client:no-secret")
    return answer.whole


def _introspected(tester: Prober) -> object:
    def about(token: str) -> object:
        form = urlencode({"token": token}).encode()
        basic = {"Authorization": "Basic bW9jay1jbGllbnQ6bW9jay1zZWNyZXQ="}
        answer = tester.send("POST", f"{ORIGIN}/oauth2/v1/introspect", {**_FORM, **basic}, form)
        return answer.status, sorted(answer.json or {}), (answer.json or {}).get("active")

    bearer = tester.bearer()["Authorization"].removeprefix("Bearer ")
    seen = [about("no-token"), about(bearer)]
    tester.advance(3601)
    return [*seen, about(bearer)]


def _id_token(tester: Prober) -> object:
    import base64

    told = tester.signed_in()["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    return claims["aud"], claims["fhirUser"], claims["iss"]


def _json_token_request(tester: Prober) -> object:
    body = json.dumps({"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"})
    headers = {"Content-Type": "application/json"}
    return tester.send("POST", f"{ORIGIN}/oauth2/v1/token", headers, body.encode()).status


def _known_caller(tokens: Any, authorization: str) -> Caller:
    known: Caller = tokens._known[authorization].caller
    return known


def _or_whoever(healthy: Any) -> Any:
    from mock_athena.auth.open_access import whoever

    return lambda tokens, authorization: healthy(tokens, authorization) if authorization else whoever()


def _unsigned_claims(healthy: Any) -> Any:
    """Tokens of our own form are believed without a look at their signature."""

    def claims(tokens: Any, token: str) -> Any:
        import base64

        part = token.split(".")[1:2]
        try:
            told = json.loads(base64.urlsafe_b64decode(part[0] + "=" * (-len(part[0]) % 4)))
        except (ValueError, IndexError):
            return healthy(tokens, token)
        return told if {"client_id", "scope", "jti", "exp"} <= told.keys() else healthy(tokens, token)

    return claims


def _as_form(environ: dict[str, Any]) -> None:
    """JSON at the token endpoint is read as if it were a form."""
    import io

    if environ["PATH_INFO"].endswith("/token") and environ.get("CONTENT_TYPE") == "application/json":
        body = urlencode(json.loads(environ["wsgi.input"].read())).encode()
        environ.update(
            {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": _FORM["Content-Type"]}
        )


def _plain_compared(healthy: Any) -> Any:
    return lambda verifier, challenge: None if verifier == challenge else healthy(verifier, challenge)


def _missing_forgiven(healthy: Any) -> Any:
    return lambda verifier, challenge: None if verifier is None else healthy(verifier, challenge)


def _any_redirect(healthy: Any) -> Any:
    return lambda codes, kept, _, verifier: healthy(codes, kept, kept["redirect_uri"], verifier)


def _any_client(healthy: Any) -> Any:
    def redeem(codes: Any, code: str, client_id: str, *more: Any) -> Any:
        from mock_athena.auth.shelf import fingerprint

        kept = codes._issued.get(fingerprint(code))
        return healthy(codes, code, kept["grant"]["client_id"] if kept else client_id, *more)

    return redeem


def _any_refresher(healthy: Any) -> Any:
    def grant_of(tokens: Any, token: str, client_id: str, **more: Any) -> Any:
        return healthy(tokens, token, tokens.owner_of(token) or client_id, **more)

    return grant_of


def _without_patient(healthy: Any) -> Any:
    from dataclasses import replace

    def redeem(*given: Any) -> Any:
        refreshed = healthy(*given)
        return refreshed._replace(grant=replace(refreshed.grant, patient=None))

    return redeem


_CODES = "mock_athena.auth.authorization_codes:"
_REFRESHING = "mock_athena.auth.refresh_tokens:"

MUTANTS = (
    Mutant(
        "expired-token-accepted",
        ("SMA-049", "BKS-042", "ERR-008"),
        "a token is good for ever",
        "servers in their development mode",
        Part("mock_athena.auth.tokens:AccessTokens.identify", forgiving("expired", _known_caller, Unauthorized)),
        _expired,
    ),
    Mutant(
        "revoked-token-accepted",
        ("SMA-093", "SMA-094"),
        "a token works on after it was revoked",
        "servers whose tokens are JWTs that nobody looks up",
        Part("mock_athena.auth.revocations:Revocations.of_token", lambda _: lambda *_: None),
        _revoked,
    ),
    Mutant(
        "forged-token-accepted",
        ("ERR-008",),
        "the signature of an access token is not looked at",
        "JWT libraries used to decode and not to verify",
        Part("mock_athena.auth.tokens:AccessTokens._claims", _unsigned_claims),
        _forged,
    ),
    Mutant(
        "no-token-needed",
        ("SMA-081", "SRC-060", "ERR-008"),
        "requests without a token are answered",
        "fhirsnake as it comes",
        Part("mock_athena.auth.tokens:AccessTokens.identify", _or_whoever),
        sent("GET", f"{BASE}{_PATIENT}"),
    ),
    Mutant(
        "authorization-audience-unchecked",
        ("SMA-024",),
        "an authorization request may name any server as its audience, or none",
        "a fault that SMART App Launch warns of",
        Part("mock_athena.auth.authorize:_environment", lambda _: lambda sent, origin: "production"),
        _asked_for_consent(aud="https://elsewhere.example/fhir"),
    ),
    Mutant(
        "code-verifier-unchecked",
        ("SMA-030", "SMA-031", "SMA-032"),
        "a code is redeemed whatever its verifier",
        "servers that store the challenge and never look at it",
        Part(_CODES + "check_verifier", nothing),
        _redeemed(code_verifier="b" * 43),
    ),
    Mutant(
        "code-verifier-optional",
        ("SMA-030",),
        "a code is redeemed without a verifier: the PKCE downgrade",
        "the downgrade attack of RFC 9700 §4.8.2",
        Part(_CODES + "check_verifier", _missing_forgiven),
        _redeemed(code_verifier=""),
    ),
    Mutant(
        "code-verifier-compared-plainly",
        ("SMA-033",),
        "the challenge itself is accepted as its verifier",
        "libraries that fall back to plain",
        Part(_CODES + "check_verifier", _plain_compared),
        _redeemed(code_verifier=CHALLENGE),
    ),
    Mutant(
        "plain-challenge-accepted",
        ("SMA-028",),
        "code_challenge_method=plain is accepted",
        "OAuth servers that implement the whole of RFC 7636",
        Part("mock_athena.auth.authorize:checked_challenge", lambda _: lambda challenge, method, required: challenge),
        _asked_for_consent(code_challenge_method="plain"),
    ),
    Mutant(
        "code-used-twice",
        ("SMA-034",),
        "a code can be redeemed again",
        "servers that keep codes until they expire",
        Part(_CODES + "AuthorizationCodes.redeem", forgetful("_used")),
        _redeemed_twice,
    ),
    Mutant(
        "code-for-any-redirect-uri",
        ("SMA-037",),
        "a code is redeemed with another redirect_uri",
        "servers that check it at the authorization alone",
        Part(_CODES + "AuthorizationCodes._check", _any_redirect),
        _redeemed(redirect_uri="http://localhost:8765/callback"),
    ),
    Mutant(
        "code-for-any-client",
        ("SMA-037",),
        "a code is redeemed by another client",
        "servers that look codes up by themselves alone",
        Part(_CODES + "AuthorizationCodes.redeem", _any_client),
        lambda tester: (
            tester.token(
                {
                    "grant_type": "authorization_code",
                    "code": tester.code(),
                    "redirect_uri": CALLBACK,
                    "code_verifier": "a" * 43,
                },
                "mock-client:mock-secret",
            ).status
        ),
    ),
    Mutant(
        "open-redirect",
        ("SMA-022", "SMA-023"),
        "the answer goes to any redirect_uri that begins as a registered one does",
        "prefixes compared, which RFC 9700 §4.1 warns of",
        Part(
            "mock_athena.auth.authorize:is_registered",
            lambda _: lambda uri, client: uri.startswith(tuple(client.redirect_uris)),
        ),
        _asked_for_consent(redirect_uri=f"{CALLBACK}.elsewhere.example"),
    ),
    Mutant(
        "state-lost",
        ("SMA-026",),
        "state does not come back",
        "self-made authorization servers",
        header_made("Location", lambda url: url.replace("state=", "stated="), of_status(302)),
        _asked_for_consent(),
    ),
    Mutant(
        "state-lost-with-errors",
        ("SMA-026", "ERR-018"),
        "state does not come back with an error",
        "servers that build error redirects by another path",
        header_made(
            "Location", lambda url: url.replace("state=", "stated=") if "error=" in url else url, of_status(302)
        ),
        _asked_for_consent(aud="https://elsewhere.example/fhir"),
    ),
    Mutant(
        "refresh-token-of-any-client",
        ("SMA-067",),
        "a refresh token works for another client",
        "servers that look refresh tokens up by themselves alone",
        Part(_REFRESHING + "RefreshTokens.grant_of", _any_refresher),
        _refreshed({"client_id": "", "basic": "mock-client:mock-secret"}),
    ),
    Mutant(
        "refreshing-widens",
        ("SMA-066",),
        "a refresh request gets scopes that were not granted",
        "servers that check them against the registration",
        Part(_REFRESHING + "_subset", lambda _: lambda requested, grant: tuple(requested.split())),
        _refreshed({"scope": "patient/*.rs"}),
    ),
    Mutant(
        "refreshing-loses-the-patient",
        ("SMA-070", "SMA-051"),
        "a refreshed token has no patient in context",
        "servers that keep the context with the first token alone",
        Part(_REFRESHING + "RefreshTokens.redeem", _without_patient),
        _refreshed({}),
    ),
    Mutant(
        "spent-refresh-token-accepted",
        ("SMA-069",),
        "a refresh token that was replaced works on",
        "servers that rotate without keeping what is spent",
        Part(_REFRESHING + "RefreshTokens.redeem", forgetful("_spent")),
        _refreshed({}, {}),
    ),
    Mutant(
        "refresh-token-lacking",
        ("SMA-063",),
        "offline_access is granted, and no refresh token comes",
        "vendors that give it on registration alone",
        edited(removed("refresh_token"), both(token_answer, of_status(200))),
        lambda tester: sorted(tester.signed_in()),
    ),
    Mutant(
        "patient-not-told",
        ("SMA-051", "SMA-052"),
        "the token response does not name the patient in context",
        "servers that have it in the id_token alone",
        edited(removed("patient"), both(token_answer, of_status(200))),
        lambda tester: sorted(tester.signed_in()),
    ),
    Mutant(
        "token-response-cacheable",
        ("SMA-047", "BKS-035", "HDR-013"),
        "token responses may be kept by caches",
        "bulk-data-server 2.1.1",
        header("Cache-Control", None, token_answer),
        _token_response,
    ),
    Mutant(
        "expires-in-as-text",
        ("SMA-046", "BKS-032"),
        "expires_in is a string",
        "a frequent fault of self-made token endpoints",
        edited(lambda body: body.update(expires_in=str(body["expires_in"])), both(token_answer, of_status(200))),
        _token_response,
    ),
    Mutant(
        "scope-not-told",
        ("SMA-045", "SMA-050", "BKS-032"),
        "the token response does not say which scopes were granted",
        "OAuth libraries, since RFC 6749 lets it be left out where nothing differs",
        edited(removed("scope"), both(token_answer, of_status(200))),
        _token_response,
    ),
    Mutant(
        "refresh-token-for-backend",
        ("BKS-034",),
        "client credentials bring a refresh token",
        "OAuth libraries that add one to every grant",
        edited(replaced("refresh_token", "r" * 43), both(token_answer, of_status(200))),
        _token_response,
    ),
    Mutant(
        "json-token-request-accepted",
        ("SMA-044",),
        "the token endpoint reads JSON",
        "web frameworks that parse whatever comes",
        Requests(_as_form),
        _json_token_request,
    ),
    Mutant(
        "oauth-error-as-outcome",
        ("ERR-017", "BKS-030"),
        "the token endpoint refuses with an OperationOutcome",
        "FHIR servers with one error renderer",
        answered(
            400,
            "application/fhir+json",
            b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login"}]}',
            both(token_answer, of_status(400, 401)),
        ),
        _secret_wrong,
    ),
    Mutant(
        "basic-challenge-lacking",
        ("SMA-041", "HDR-012"),
        "a wrong secret by Basic is refused without WWW-Authenticate",
        "express apps",
        header("WWW-Authenticate", None, both(token_answer, of_status(401))),
        _secret_wrong,
    ),
    Mutant(
        "bearer-challenge-lacking",
        ("SMA-083", "HDR-012"),
        "401 of a FHIR request says nothing of how to authenticate",
        "most facades",
        header("WWW-Authenticate", None, both(below("/fhir/r4/"), of_status(401))),
        sent("GET", f"{BASE}{_PATIENT}"),
    ),
    Mutant(
        "unknown-token-active",
        ("SMA-089",),
        "introspection calls any text an active token",
        "servers whose introspection answers from the request",
        edited(replaced("active", True), below("/introspect")),
        _introspected,
    ),
    Mutant(
        "inactive-token-explained",
        ("SMA-090",),
        "introspection tells whose an inactive token was",
        "servers that only turn the flag",
        edited(
            lambda body: None if body.get("active") else body.update(client_id="mock-client", scope="system/*.rs"),
            below("/introspect"),
        ),
        _introspected,
    ),
    Mutant(
        "id-token-of-another-audience",
        ("SMA-060",),
        "the id_token's audience is the FHIR server, not the client",
        "servers that make id_tokens as they make access tokens",
        Part(
            "mock_athena.auth.server:id_token",
            lambda healthy: lambda grant, *more: healthy(_renamed(grant), *more),
        ),
        _id_token,
    ),
    Mutant(
        "fhir-user-nowhere",
        ("SMA-061",),
        "fhirUser names somebody who cannot be read",
        "sandboxes whose users are not in their data",
        Part(
            "mock_athena.auth.token_context:fhir_user_of", lambda _: lambda user, where, origin: f"{BASE}/Person/nobody"
        ),
        _id_token,
    ),
    Mutant(
        "smart-configuration-relative",
        ("SMA-004",),
        "the endpoints in smart-configuration are paths",
        "proxied servers that do not know their own name",
        edited(
            lambda body: body.update(token_endpoint="/oauth2/v1/token", authorization_endpoint="/oauth2/v1/authorize"),
            smart_configuration,
        ),
        sent("GET", _SMART),
    ),
    Mutant(
        "smart-configuration-offers-plain",
        ("SMA-009",),
        "smart-configuration offers plain challenges",
        "OpenID Connect servers' defaults",
        edited(replaced("code_challenge_methods_supported", ["S256", "plain"]), smart_configuration),
        sent("GET", _SMART),
    ),
    Mutant(
        "smart-configuration-as-fhir",
        ("SMA-002",),
        "smart-configuration is sent as application/fhir+json",
        "FHIR servers with one renderer",
        header("Content-Type", "application/fhir+json", smart_configuration),
        sent("GET", _SMART),
    ),
    Mutant(
        "smart-configuration-protected",
        ("SMA-003",),
        "smart-configuration needs a token",
        "gateways that protect all that is below the base",
        status(401, smart_configuration),
        sent("GET", _SMART),
    ),
)
