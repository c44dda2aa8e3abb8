"""Keys as JSON Web Keys: ours, which sign tokens, and those that clients register.

Our private keys lie in ``fixtures/keys/`` for everyone to read. That is meant: a token survives a restart, and any
test can sign one. https://www.rfc-editor.org/rfc/rfc7517
"""

import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_athena.errors import DataError

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

# What names a key of each type completely, and what must stay with its owner (RFC 7518 §6).
_PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
_PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))


class SigningKey:
    """The emulator's own key; read and parsed when it is first needed, since a start needs neither."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def private(self) -> "RSAKey":
        """The key that signs.

        Raises:
            DataError: the file is missing or holds no RSA key.
        """
        from joserfc.errors import JoseError

        try:
            return _imported(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, JoseError) as error:
            message = f"{self._path}: not a private RSA key in JWK form: {error}"
            raise DataError(message) from error

    @cached_property
    def kid(self) -> str:
        """The key's name: its thumbprint (RFC 7638)."""
        return self.private.thumbprint()

    def jwks(self) -> dict[str, Any]:
        """The JWK Set with the public half, as ``jwks_uri`` answers it."""
        public = self.private.as_dict(private=False)
        return {"keys": [public | {"kid": self.kid, "use": "sig", "alg": "RS256"}]}


@cache
def _imported(text: str) -> "RSAKey":
    """A key in JWK form. It is checked at length when it is read, which the emulators of a test run do once."""
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(json.loads(text))


def checked_jwks(jwks: object) -> Mapping[str, Any]:
    """A JWK Set of public RSA and EC keys, each with a ``kid``.

    Raises:
        ValueError: says which key lacks what.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not keys:
        message = 'jwks must be {"keys": [...]} with at least one public key'
        raise ValueError(message)
    for position, key in enumerate(keys):
        complaint = _complaint(key)
        if complaint:
            message = f"jwks.keys[{position}]: {complaint}"
            raise ValueError(message)
    return {"keys": keys}


def usable_keys(jwks: object) -> list[Mapping[str, Any]]:
    """The keys of somebody's JWK Set that can verify an assertion: others may be among them, for other purposes.

    Raises:
        ValueError: it is no JWK Set, or has no such key.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list):
        message = 'it is no JWK Set, {"keys": [...]}'
        raise ValueError(message)
    usable = [key for key in keys if _complaint(key) is None]
    if not usable:
        message = f"none of its {len(keys)} keys can verify an assertion: expected public RSA or EC keys with a kid"
        raise ValueError(message)
    return usable


def _complaint(key: object) -> str | None:
    """Why ``key`` cannot verify an assertion; None if it can."""
    if not isinstance(key, dict) or not isinstance(key.get("kty"), str) or key["kty"] not in _PUBLIC:
        return f"expected a JWK with kty {' or '.join(_PUBLIC)}"
    if _PRIVATE & set(key):
        return "this is a private key; register its public half and keep the rest"
    needed = ("kid", *_PUBLIC[key["kty"]])
    lacking = [name for name in needed if not isinstance(key.get(name), str) or not key[name]]
    return f"{', '.join(lacking)} missing: a {key['kty']} key needs {', '.join(needed)}" if lacking else None


def refuse_unusable_keys(jwks: Mapping[str, Any]) -> None:
    """Parse each key of a checked JWK Set, which takes the crypto libraries and so is not done to our own files.

    Raises:
        ValueError: the numbers of a key are none, or are no point of its curve.
    """
    from joserfc.jwk import import_key

    for position, key in enumerate(jwks["keys"]):
        try:
            # A key is parsed only when its value is asked for.
            _ = import_key(dict(key)).raw_value
        except Exception as error:  # joserfc, binascii and cryptography each raise their own
            message = f"jwks.keys[{position}]: not a usable {key['kty']} key: {error}"
            raise ValueError(message) from error
