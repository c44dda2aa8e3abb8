"""With what the suite signs in: a token, an id with a secret, an id with a private key, or nothing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME = 240  # seconds; SMART allows five minutes
_ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}


@dataclass(frozen=True)
class Credentials:
    """What was given on the command line.

    Attributes:
        token: an access token that is used as it is.
        client_id, client_secret: of a confidential client.
        private_key: a JWK with its private part, for ``private_key_jwt``.
        scope: what to ask for; empty lets the suite choose.
    """

    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    private_key: Mapping[str, Any] | None = field(default=None, repr=False)
    scope: str = ""

    @property
    def can_ask(self) -> bool:
        """Whether they are good for the token endpoint."""
        return bool(self.client_id and (self.client_secret or self.private_key))

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self.token) or self.can_ask

    def secrets(self) -> set[str]:
        """Texts that must not be written down."""
        return {each for each in (self.token, self.client_secret) if each}


def assertion(credentials: Credentials, audience: str, now: float, **claims: Any) -> str:
    """A signed client assertion (RFC 7523, SMART Backend Services).

    Args:
        now: Unix seconds of the real time, because who verifies it did not sign it.
        claims: replace or add claims; ``None`` leaves one out.
    """
    from joserfc import jwt
    from joserfc.jwk import ECKey, RSAKey

    jwk = dict(credentials.private_key or {})
    algorithm = str(jwk.get("alg") or _ALGORITHMS.get(str(jwk.get("kty")), "RS384"))
    key = (ECKey if jwk.get("kty") == "EC" else RSAKey).import_key(jwk)
    header = {"alg": algorithm, "typ": "JWT", **({"kid": jwk["kid"]} if "kid" in jwk else {})}
    body = {
        "iss": credentials.client_id,
        "sub": credentials.client_id,
        "aud": audience,
        "jti": uuid.uuid4().hex,
        "iat": int(now),
        "exp": int(now) + _LIFETIME,
        **claims,
    }
    return jwt.encode(header, {name: value for name, value in body.items() if value is not None}, key, [algorithm])


def proof(credentials: Credentials, audience: str, now: float) -> tuple[dict[str, str], tuple[str, str] | None]:
    """Form fields and Basic authentication that prove who asks."""
    if credentials.private_key:
        form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion(credentials, audience, now)}
        return {**form, "client_id": credentials.client_id}, None
    return {}, (credentials.client_id, credentials.client_secret)
