"""A person signs in and consents, in a browser (SMART App Launch, authorization code with PKCE).

:func:`begin` says where to send the browser; what it brings back goes to :func:`finish`. How it comes back is the
application's: :mod:`.loopback` waits for it on this machine, a web application has a route of its own.
https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from athena_fhir_client.auth.endpoint import TokenEndpoint
from athena_fhir_client.auth.token import Token
from athena_fhir_client.discovery import Endpoints
from athena_fhir_client.errors import AuthError

SCOPE = "launch/patient patient/*.read openid fhirUser offline_access"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that has begun. May be kept until the browser comes back, where nobody else reads it.

    Attributes:
        url: where the browser goes.
        state: comes back with it, and has to be the same.
        verifier: proves that who began is who finishes (PKCE).
    """

    url: str = field(repr=False)
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str = ""
    scope: str = ""


def begin(
    endpoints: Endpoints, client_id: str, redirect_uri: str, audience: str, scope: str = SCOPE, launch: str = ""
) -> SignIn:
    """Where to send the browser.

    Args:
        audience: FHIR base URL.
        launch: of a launch from within the EHR.

    Raises:
        AuthError: the server has no place to sign in.
    """
    if not endpoints.authorization:
        raise AuthError(f"{endpoints.source} names no authorization endpoint: nobody can sign in there")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": state,
        "aud": audience,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | ({"launch": launch} if launch else {})
    sign = "&" if "?" in endpoints.authorization else "?"
    return SignIn(f"{endpoints.authorization}{sign}{urlencode(query)}", state, verifier, redirect_uri, scope)


def finish(begun: SignIn, brought: Mapping[str, str], endpoint: TokenEndpoint) -> Token:
    """The token for what the browser brought back.

    Raises:
        AuthError: it brings an error, or belongs to another sign-in.
    """
    if not secrets.compare_digest(brought.get("state", "").encode(), begun.state.encode()):
        raise AuthError("the browser came back with the state of another sign-in: begin anew", error="invalid_state")
    if "error" in brought:
        told = brought.get("error_description") or brought.get("error_uri") or ""
        raise AuthError(f"the sign-in was refused: {brought['error']} {told}".rstrip(), error=brought["error"])
    if not brought.get("code"):
        raise AuthError("the browser came back without a code")
    form = {
        "grant_type": "authorization_code",
        "code": brought["code"],
        "redirect_uri": begun.redirect_uri,
        "code_verifier": begun.verifier,
    }
    return endpoint.ask(form, begun.scope)
