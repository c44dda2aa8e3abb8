"""``private_key_jwt``: a client proves who it is by a signature (RFC 7523, SMART Backend Services).

RS384 or ES384, by the kind of the key. Each assertion is made anew, with an id of its own, and is good for four
minutes; the specification allows five, and clocks differ.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from athena_fhir_client.auth.credentials import Fields
from athena_fhir_client.clock import SystemClock
from athena_fhir_client.errors import ConfigurationError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME = 240  # seconds
_ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}


@dataclass(frozen=True)
class SignedAssertion:
    """A client with a private key.

    Attributes:
        key: JWK, JWKS or PEM.
        key_id: which key of a JWKS; the ``kid`` under which a PEM's public half is registered.
        now: seconds since 1970 by a real clock, whatever the client's is: others judge it by theirs.
    """

    client_id: str
    key: str = field(repr=False)
    key_id: str = ""
    now: Callable[[], float] = SystemClock().now

    @classmethod
    def from_file(cls, client_id: str, path: str | Path, key_id: str = "") -> "SignedAssertion":
        """The key is in a file.

        Raises:
            ConfigurationError: it cannot be read, or holds no key.
        """
        try:
            key = Path(path).expanduser().read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"private key {path}: {error.strerror}") from error
        except UnicodeDecodeError:
            raise ConfigurationError(f"private key {path}: expected a JWK, a JWKS or a PEM, which are text") from None
        made = cls(client_id, key, key_id)
        made.signing_key  # noqa: B018 - refuse now what cannot sign
        return made

    @cached_property
    def signing_key(self) -> tuple[Any, str, str]:
        """The key, its algorithm and its id."""
        return _read(self.key, self.key_id)

    def headers(self) -> Fields:
        """None."""
        return {}

    def form(self, token_endpoint: str) -> Fields:
        """A fresh assertion for this endpoint."""
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion(token_endpoint)}

    def assertion(self, audience: str) -> str:
        """A signed JWT that names us, for an audience."""
        from joserfc import jwt

        key, algorithm, key_id = self.signing_key
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "exp": int(self.now()) + _LIFETIME,
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": algorithm, "kid": key_id, "typ": "JWT"}
        return jwt.encode(header, claims, key, algorithms=[algorithm])


def _read(text: str, key_id: str) -> tuple[Any, str, str]:
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    try:
        if text.lstrip().startswith("{"):
            return _of_jwk(_chosen(json.loads(text), key_id))
        if not key_id:
            raise ConfigurationError("a PEM does not say its kid: name it (ATHENAHEALTH_KEY_ID, --key-id)")
        for kind in (RSAKey, ECKey):
            try:
                return kind.import_key(text), _ALGORITHMS[kind.key_type], key_id
            except (JoseError, ValueError, TypeError):
                continue
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as error:
        raise ConfigurationError(f"the private key cannot be read: {error}") from error
    raise ConfigurationError("the private key cannot be read: expected a JWK, a JWKS or a PEM of an RSA or EC key")


def _chosen(told: dict[str, Any], key_id: str) -> dict[str, Any]:
    keys = told.get("keys", [told])
    found = [key for key in keys if not key_id or key.get("kid") == key_id]
    if not found:
        known = ", ".join(str(key.get("kid")) for key in keys)
        raise ConfigurationError(f"no key {key_id!r} in the private key set: it has {known}")
    key: dict[str, Any] = found[0]
    return key


def _of_jwk(key: dict[str, Any]) -> tuple[Any, str, str]:
    from joserfc.jwk import import_key

    kind = str(key.get("kty"))
    if kind not in _ALGORITHMS or "d" not in key:
        raise ConfigurationError(f"the key {key.get('kid')!r} cannot sign: expected a private RSA or EC (P-384) key")
    if kind == "EC" and key.get("crv") != "P-384":
        raise ConfigurationError(f"the key {key.get('kid')!r} is of curve {key.get('crv')}: ES384 needs P-384")
    return import_key(key), _ALGORITHMS[kind], str(key.get("kid", ""))
