"""Client assertions: JWTs by which a client with registered keys, or with a secret, proves who it is.

RS384 or ES384, ``iss`` = ``sub`` = client_id, ``aud`` = the token endpoint, at most five minutes of life, and each
``jti`` once: https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html. Others signed these, so
they are judged by the machine's time, not by ours. Every fault is ``invalid_client``.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from mock_athena.auth.addresses import same_place
from mock_athena.auth.client_errors import invalid_client
from mock_athena.auth.key_sets import KeySets
from mock_athena.auth.registration import ClientRegistration
from mock_athena.auth.shelf import Shelf, fingerprint
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError, shortened
from mock_athena.state import State

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = {"RS384": "RSA", "ES384": "EC"}
# With the client's secret as the key: OpenID Connect's client_secret_jwt, which the real API offers.
SECRET_ALGORITHMS = {"HS256": "oct", "HS384": "oct", "HS512": "oct"}
LONGEST_LIFE_S = 300
# A client that rounds its clock up, or whose clock is a little ahead, is not at fault.
TOLERANCE_S = 5


class Assertions:
    """Verifies assertions and remembers those that were used; safe to use from several threads and processes."""

    def __init__(self, state: State, clock: Clock, key_sets: KeySets) -> None:
        self._clock = clock
        self._key_sets = key_sets
        self._used = Shelf(state, "assertion", clock.wall)

    def verify(self, assertion: str, client: ClientRegistration, token_url: str) -> None:
        """Accept a good assertion of ``client``, once.

        Raises:
            OAuthError: ``invalid_client``, saying which rule it breaks.
        """
        jti, expires = self._examined(assertion, client, token_url)
        # Only after everything else was verified, so that a forgery cannot use up another's ``jti``. Kept until the
        # last moment at which it could be accepted.
        if not self._used.add(_use(client, jti), True, int((expires + TOLERANCE_S) * NANOSECONDS)):
            raise _used_before()

    def examine(self, assertion: str, client: ClientRegistration, token_url: str) -> None:
        """The same, and the assertion can still be used.

        Raises:
            OAuthError: as :meth:`verify`.
        """
        jti, _ = self._examined(assertion, client, token_url)
        if self._used.get(_use(client, jti)):
            raise _used_before()

    def reset(self) -> None:
        """Forget which assertions were used, and the keys that were fetched."""
        self._used.clear()
        self._key_sets.reset()

    def _key(self, header: Mapping[str, Any], kty: str, client: ClientRegistration) -> Mapping[str, Any]:
        """The one registered key that the header names."""
        kid = header.get("kid")
        keys = self._key_sets.keys(client, kid)
        fitting = [key for key in keys if key["kid"] == kid and key["kty"] == kty]
        if len(fitting) != 1:
            named = f"{shortened(kid, 100)!r}" if isinstance(kid, str) else "missing"
            known = ", ".join(repr(shortened(key["kid"], 100)) for key in keys if key["kty"] == kty) or "none"
            message = (
                f"client_assertion: kid is {named}: it must name exactly one registered {kty} key; there are: {known}"
            )
            raise invalid_client(message)
        return fitting[0]

    def _examined(self, assertion: str, client: ClientRegistration, token_url: str) -> tuple[str, float]:
        """The ``jti`` of a good assertion, and when it expires (seconds since 1970)."""
        header, claims = _unverified(assertion)
        kty = _key_type(header, client)
        key = _secret_key(client) if kty == "oct" else self._key(header, kty, client)
        _check_signature(assertion, key, header["alg"])
        _check_audience(claims.get("aud"), token_url)
        expires = _check_times(claims, self._clock.wall() / NANOSECONDS)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise invalid_client("client_assertion: jti is missing: give every assertion a fresh one")
        return jti, expires


def _use(client: ClientRegistration, jti: str) -> str:
    return fingerprint(f"{client.client_id} {jti}")


def _used_before() -> OAuthError:
    return invalid_client("client_assertion: its jti was used before: sign a fresh one for every request")


def claimed_issuer(assertion: str | None) -> str:
    """Who the assertion says it is from, before anything is verified.

    Raises:
        OAuthError: ``invalid_client``, when it is no JWT or ``iss`` and ``sub`` differ.
    """
    _, claims = _unverified(assertion or "")
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer or claims.get("sub") != issuer:
        raise invalid_client("client_assertion: iss and sub must both be the client_id")
    return issuer


def _unverified(assertion: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims, which nothing vouches for yet."""
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        parts = jws.extract_compact(assertion.encode("ascii"))
        header, claims = parts.headers(), json.loads(parts.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise invalid_client("client_assertion is not a JWT: three parts of base64url, joined by dots") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise invalid_client("client_assertion: its header and its payload must be JSON objects")
    return header, claims


def _key_type(header: Mapping[str, Any], client: ClientRegistration) -> str:
    """The kind of key that may have signed: by the method that the client registered, never by the header alone."""
    allowed = SECRET_ALGORITHMS if client.token_endpoint_auth_method == "client_secret_jwt" else ALGORITHMS  # noqa: S105
    kty = allowed.get(str(header.get("alg")))
    if kty is None:
        sent = shortened(str(header.get("alg")), 20)
        raise invalid_client(f"client_assertion: alg is {sent!r}; it must be {' or '.join(allowed)}")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise invalid_client("client_assertion: typ must be JWT")
    if "jku" in header and header["jku"] != client.jwks_uri:
        raise invalid_client("client_assertion: jku names a key set that is not registered; leave it out")
    for name in ("jwk", "x5c", "x5u"):
        if name in header:
            raise invalid_client(f"client_assertion: {name} brings a key that is not registered; leave it out")
    return kty


def _secret_key(client: ClientRegistration) -> Mapping[str, Any]:
    encoded = base64.urlsafe_b64encode((client.client_secret or "").encode()).rstrip(b"=").decode()
    return {"kty": "oct", "kid": "client_secret", "k": encoded}


def _check_signature(assertion: str, key: Mapping[str, Any], algorithm: str) -> None:
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    try:
        # Clients register public keys that say "sign", as their private halves do.
        public = import_key({name: value for name, value in key.items() if name != "key_ops"})
        jws.deserialize_compact(assertion, public, [algorithm])
    except (JoseError, ValueError, TypeError) as error:  # the last for header parameters of a wrong kind
        message = f"client_assertion: the signature does not fit the registered key {key['kid']!r}"
        raise invalid_client(message, f"{message}: {error}") from error


def _check_audience(aud: object, token_url: str) -> None:
    audiences = aud if isinstance(aud, list) else [aud]
    if not any(isinstance(audience, str) and same_place(audience, token_url) for audience in audiences):
        raise invalid_client(f"client_assertion: aud is {shortened(str(aud))!r}; it must be {token_url}")


def _check_times(claims: Mapping[str, Any], now: float) -> float:
    """Seconds since 1970 at which the assertion expires."""
    expires = _seconds(claims, "exp")
    if expires is None:
        raise invalid_client("client_assertion: exp is missing")
    if expires <= now:
        raise invalid_client(f"client_assertion: it expired {now - expires:.0f} s ago")
    if expires > now + LONGEST_LIFE_S + TOLERANCE_S:
        message = f"exp is {expires - now:.0f} s ahead; at most {LONGEST_LIFE_S} s are allowed"
        raise invalid_client(f"client_assertion: {message}")
    for name in ("nbf", "iat"):
        instant = _seconds(claims, name)
        if instant is not None and instant > now + TOLERANCE_S:
            raise invalid_client(f"client_assertion: {name} is {instant - now:.0f} s in the future")
    return expires


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
        raise invalid_client(f"client_assertion: {name} must be a number of seconds since 1970")
    return float(value)
