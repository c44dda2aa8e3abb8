"""Asking the authorization server: where it is, who asks, and what comes back."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from athena_fhir_conformance.credentials import ASSERTION_TYPE
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.asking import control, emulated, forgotten, now, posted, remembered
from athena_fhir_conformance.judges import jwts
from athena_fhir_conformance.registrations import Registration
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import skip

_REDIRECTS = ("https://conformance.invalid/callback", "https://conformance.invalid/other")
_EARLY = 30.0  # seconds before its end at which a token is not used any more
_USER_SCOPES = (
    "launch launch/patient launch/encounter openid fhirUser offline_access online_access patient/*.cruds user/*.cruds"
)
_KIND_OF_KEY = {"rs384": "RSA", "es384": "EC"}


@dataclass(frozen=True)
class Client:
    """An OAuth client that the suite is, with what it proves itself by.

    Attributes:
        secret: of one with a secret; empty for others.
        key: the private JWK of one that signs.
        redirect: where its users come back to; empty for one without users.
        other_redirect: another place that is registered; empty where there is none.
    """

    id: str
    secret: str = field(default="", repr=False)
    key: Mapping[str, Any] | None = field(default=None, repr=False)
    redirect: str = ""
    other_redirect: str = ""

    def proof(self, target: Target) -> tuple[dict[str, str], tuple[str, str] | None]:
        """Form fields, and Basic credentials, that say who asks."""
        if self.key is not None:
            return assertion_form(self.assertion(target)), None
        return ({}, (self.id, self.secret)) if self.secret else ({"client_id": self.id}, None)

    def claims(self, target: Target, **changed: Any) -> dict[str, Any]:
        """Of a good assertion; a change of None leaves a claim out."""
        instant = int(now())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": token_endpoint(target),
            "jti": uuid.uuid4().hex,
            "exp": instant + 240,
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def assertion(self, target: Target, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """A signed assertion with some header fields and claims changed."""
        assert self.key is not None
        return jwts.signed(self.claims(target, **changed), self.key, **(header or {}))


def assertion_form(assertion: str) -> dict[str, str]:
    """The fields in which an assertion is sent (RFC 7523 §2.2)."""
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


def smart_configuration(target: Target) -> Exchange:
    """The discovery document, asked for as those who want XML do, from a page of another site, without a token."""
    headers = {"Accept": "application/fhir+xml", "Origin": "https://app.example"}
    return target.get(".well-known/smart-configuration", token=None, headers=headers)


def told(target: Target) -> dict[str, Any]:
    """What the discovery document says; nothing where there is none."""
    answer = smart_configuration(target)
    body = answer.json if answer.status == 200 else {}
    return body if isinstance(body, dict) else {}


def endpoint(target: Target, name: str) -> str:
    """An endpoint's URL; skips where the target does not tell it."""
    url = told(target).get(name)
    if not isinstance(url, str) or not url:
        skip(f"the SMART configuration has no {name}")
    if not target.trusts(url):
        skip(f"the {name} is on another host, which gets no credentials: {url}")
    return url


def token_endpoint(target: Target) -> str:
    """Where tokens are."""
    return target.tokens.endpoint


def token_request(target: Target, form: Mapping[str, str], client: Client | None = None, **changed: str) -> Exchange:
    """One request for a token.

    Args:
        form: its fields; ``changed`` replaces some.
        client: whose proof is added; None adds nobody's.
    """
    proof, basic = client.proof(target) if client else ({}, None)
    return posted(target, token_endpoint(target), {**form, **proof, **changed}, auth=basic)


def registered(target: Target, name: str, keys: Sequence[Mapping[str, Any]] = (), **metadata: Any) -> Client:
    """A client for a part: the one that was given, else one that an emulator registers over its control API.

    Args:
        keys: the private JWKs of one that signs, with the first of them; the emulator is told their public parts.

    Raises:
        Skipped: there is neither.
    """
    if name in target.manners.clients:
        return _given(target.manners.clients[name])
    if not emulated(target):
        skip(f"needs a client of its own ([{name}] of --clients), which only an emulator registers for the suite")
    jwks = {"jwks": {"keys": [jwts.public_part(key) for key in keys]}} if keys else {}

    def register() -> Client:
        body = control(target, "POST", "clients", {"client_name": f"Conformance: {name}", **jwks, **metadata})
        if "client_id" not in body:
            skip(f"the emulator did not register a client of its own ({name})")
        target.secrets |= {body["client_secret"]} if body.get("client_secret") else set()
        redirects = tuple(body.get("redirect_uris", []))
        return _given(Registration(body["client_id"], body.get("client_secret", ""), next(iter(keys), None), redirects))

    return remembered(target, f"client {name}", register)


def _given(client: Registration) -> Client:
    redirect, other, *_ = *client.redirect_uris, "", ""
    return Client(client.id, client.secret, client.key, redirect, other)


def app(target: Target, kind: str = "confidential") -> Client:
    """A client with users: ``confidential``, ``public``, ``other`` (confidential too) or ``signing``."""
    metadata: dict[str, Any] = {
        "redirect_uris": _REDIRECTS,
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": _USER_SCOPES,
        "token_endpoint_auth_method": {"public": "none", "signing": "private_key_jwt"}.get(kind, "client_secret_basic"),
    }
    return registered(target, kind, [key_of_suite(target, "es384")] if kind == "signing" else (), **metadata)


def key_of_suite(target: Target, name: str) -> dict[str, Any]:
    """One of the suite's private keys for this run: ``es384``, ``rs384``."""
    return remembered(target, f"key {name}", lambda: jwts.new_key(f"suite-{name}", _KIND_OF_KEY[name.split()[0]]))


def signer(target: Target, name: str = "") -> Client:
    """A backend service that signs: with the key that was given, else one that the emulator registers."""
    given = target.credentials
    if given.private_key and not name:
        return Client(given.client_id, key=given.private_key)
    keys = [key_of_suite(target, each) for each in ("es384", "rs384")]
    metadata: dict[str, Any] = {
        "grant_types": ["client_credentials"],
        "scope": "system/*.cruds",
        "token_endpoint_auth_method": "private_key_jwt",
    }
    return registered(target, f"signer {name}".strip(), keys, **metadata)


def service(target: Target) -> Client:
    """The confidential client that was given: with a secret, or a key."""
    given = target.credentials
    if not given.can_ask:
        skip("needs --client-id with --client-secret or --private-key")
    return Client(given.client_id, given.client_secret, key=given.private_key)


def stranger(target: Target) -> Client:
    """Another backend service, which may export too."""
    return registered(target, "stranger", grant_types=["client_credentials"], scope="system/*.rs")


def granted(target: Target, scope: str, client: Client | None = None) -> Exchange:
    """The answer to a request of client credentials for ``scope``; remembered, so that a token is used again."""
    client = client or service(target)
    form = {"grant_type": "client_credentials", "scope": scope}
    name = f"grant {client.id} {scope}"
    answer = remembered(target, name, lambda: token_request(target, form, client))
    if answer.status == 200 and answer.sent_at + _lifetime(answer) - _EARLY < target.clock.now():
        forgotten(target, name)
        answer = remembered(target, name, lambda: token_request(target, form, client))
    return answer


def _lifetime(answer: Exchange) -> float:
    told = answer.json.get("expires_in")
    return float(told) if isinstance(told, int | float) else 300.0


def token_for(target: Target, scope: str, client: Client | None = None) -> str:
    """A token with that scope; skips where it is not granted."""
    answer = granted(target, scope, client)
    if answer.status != 200:
        skip(f"no token for {scope!r} could be had: {answer}: {answer.text[:200]}")
    return str(answer.json["access_token"])


def introspected(target: Target, token: str, client: Client, **more: str) -> Exchange:
    """What the server says of a token to the client that has it."""
    proof, basic = client.proof(target)
    url = endpoint(target, "introspection_endpoint")
    return posted(target, url, {"token": token, "token_type_hint": "access_token", **proof, **more}, auth=basic)


def revoked(target: Target, token: str, client: Client) -> Exchange:
    """The answer to a request to end a token."""
    proof, basic = client.proof(target)
    return posted(target, endpoint(target, "revocation_endpoint"), {"token": token, **proof}, auth=basic)


def oauth_error(answer: Exchange) -> str:
    """The ``error`` of a refusal; empty where there is none."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return ""
    return str(body.get("error", "")) if isinstance(body, dict) else ""


def refused(answer: Exchange, *errors: str, statuses: tuple[int, ...] = (400, 401)) -> None:
    """Assert that a request for a token was refused, for one of these reasons if any is given."""
    assert answer.status in statuses, f"{answer}, expected a refusal with {' or '.join(map(str, statuses))}"
    error = oauth_error(answer)
    assert error, f"{answer}: the refusal is not JSON with an 'error': {answer.text[:200]!r}"
    assert not errors or error in errors, f"{answer}: error {error!r}, expected {' or '.join(errors)}"
