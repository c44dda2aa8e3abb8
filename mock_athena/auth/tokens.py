"""Access tokens: JWTs that the emulator signs, and the way back from one to its bearer.

A token carries everything about itself (RFC 9068), so it survives a restart; what was verified once is remembered,
so that a request costs a dictionary lookup. Expiry is judged by our clock, never the machine's.

The issuer is the same under every host name, since one authorization server serves both environments. Its domain
can never exist (RFC 2606), so no real service takes these tokens for its own.
"""

import secrets
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal

from mock_athena.auth.bearer import bearer_token, invalid_token
from mock_athena.auth.caller import Caller
from mock_athena.auth.keys import SigningKey
from mock_athena.auth.launch import NO_CONTEXT, LaunchContext
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import NANOSECONDS, Clock

ISSUER = "https://mock-athena.invalid/oauth2/v1"
AUDIENCE = "https://mock-athena.invalid/fhir/r4"
MOST_REMEMBERED = 4096

_TYPE = "at+jwt"


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token is issued for.

    Attributes:
        scopes: their texts, as granted.
        patient: id of the Patient in context; None where nobody signed in.
        session: the sign-in that this goes back to, under which all its tokens can be revoked; empty without one.
        practice: where the patient signed in, as athenahealth names it in ``ah_practice`` (``a-1.Practice-1959``).
        user: reference to the one who signed in, such as ``Practitioner/a-1.Provider-1``; None where nobody did.
        patients: ids of the Patients whom that user may see; None for all.
        nonce: of the authorization request, for the id_token.
        signed_in: when the user signed in, in nanoseconds since 1970 UTC by our clock.
        launch: what else the application is told beside the token; its patient is this one.
    """

    client_id: str
    scopes: tuple[str, ...]
    patient: str | None = None
    session: str = ""
    practice: str | None = None
    user: str | None = None
    patients: tuple[str, ...] | None = None
    nonce: str | None = None
    signed_in: int | None = None
    launch: LaunchContext = NO_CONTEXT


class AccessTokens:
    """Issues access tokens and recognises them; safe to use from several threads."""

    def __init__(self, clock: Clock, lifetime_s: int, key: SigningKey) -> None:
        self.lifetime_s = lifetime_s
        self._clock = clock
        self._key = key
        self._lock = threading.Lock()
        self._verified: dict[str, Caller] = {}
        self._revoked: set[str] = set()
        self._ended: dict[str, Literal["expired", "revoked"]] = {}
        # (expires, client_id) of the latest tokens that were issued, for who wants to know when the next one expires.
        self._issued: deque[tuple[int, str]] = deque(maxlen=MOST_REMEMBERED)

    def issue(self, grant: Grant) -> str:
        """A signed token that expires ``lifetime_s`` seconds from now by our clock."""
        from joserfc import jwt

        now = self._clock.now() // NANOSECONDS
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": grant.user or grant.patient or grant.client_id,
            "aud": AUDIENCE,
            "client_id": grant.client_id,
            "scope": " ".join(grant.scopes),
            "iat": now,
            "exp": now + self.lifetime_s,
            "jti": secrets.token_urlsafe(16),
        }
        context = {
            "patient": grant.patient,
            "encounter": grant.launch.encounter,
            "ah_practice": grant.practice,
            "fhirUser": grant.user,
            "patients": grant.patients,
            "auth_time": None if grant.signed_in is None else grant.signed_in // NANOSECONDS,
            "sid": grant.session or None,
        }
        claims |= {name: value for name, value in context.items() if value is not None}
        self._issued.append((claims["exp"] * NANOSECONDS, grant.client_id))
        return jwt.encode({"alg": "RS256", "kid": self._key.kid, "typ": _TYPE}, claims, self._key.private, ["RS256"])

    def identify(self, authorization: str | None) -> Caller:
        """Who sends this Authorization header.

        Raises:
            Unauthorized: no token, or one that is malformed, forged, revoked or expired; the message says which.
        """
        caller = self._verified.get(authorization) if authorization else None
        if caller is None:
            caller = self._verify(authorization)
        now = self._clock.now()
        if now >= caller.expires:
            raise _expired(caller, now)
        return caller

    def revoke(self, session: str) -> None:
        """Accept no token of this sign-in any more."""
        with self._lock:
            self._revoked.add(session)
            self._verified = {}

    def end(self, token_id: str, how: Literal["expired", "revoked"]) -> None:
        """Accept one token no more, as if it had expired or been revoked."""
        with self._lock:
            self._ended[token_id] = how
            self._verified = {}

    def next_expiry(self, client_id: str | None = None) -> int | None:
        """When the next token expires (nanoseconds since 1970 UTC), of a client or of all; None if there is none."""
        now = self._clock.now()
        coming = [expires for expires, client in tuple(self._issued) if expires > now and client_id in (None, client)]
        return min(coming, default=None)

    def reset(self) -> None:
        """Forget what was verified and revoked; tokens that were issued stay good until they expire."""
        with self._lock:
            self._verified = {}
            self._revoked = set()
            self._ended = {}
            self._issued.clear()

    def _verify(self, authorization: str | None) -> Caller:
        claims = self._claims(bearer_token(authorization))
        with self._lock:
            if claims.get("sid") in self._revoked:
                raise invalid_token("the access token was revoked: get a new one", f"token {claims['jti']} was revoked")
            ended = self._ended.get(claims["jti"])
            if ended:
                reason = f"token {claims['jti']} was {ended} by a fault"
                raise invalid_token(f"the access token is {ended}: get a new one", reason)
            caller = _caller(claims)
            while len(self._verified) >= MOST_REMEMBERED:
                del self._verified[next(iter(self._verified))]
            self._verified[authorization or ""] = caller
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        """The claims of a token with a good signature, of the types that :func:`_caller` expects."""
        from joserfc import jwt
        from joserfc.errors import BadSignatureError, JoseError

        try:
            decoded = jwt.decode(token, self._key.private, ["RS256"])
        except BadSignatureError as error:
            message = "the access token's signature is wrong: it was changed, or another server issued it"
            raise invalid_token(f"{message}. Get a new one here") from error
        except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
            message = "the access token is malformed: send it exactly as the token endpoint answered it"
            raise invalid_token(message) from error
        if decoded.header.get("typ") != _TYPE or not _is_ours(decoded.claims):
            message = "this is not an access token of this emulator: get one at its token endpoint"
            raise invalid_token(message)
        return decoded.claims


# The key is published, so a good signature does not mean that the claims are as we write them.
_KINDS: tuple[tuple[str, type], ...] = (("client_id", str), ("scope", str), ("jti", str), ("exp", int))
_OPTIONAL = ("patient", "sid", "fhirUser", "encounter", "ah_practice")


def _is_ours(claims: Any) -> bool:
    return (
        isinstance(claims, dict)
        and claims.get("iss") == ISSUER
        and claims.get("aud") == AUDIENCE
        and all(isinstance(claims.get(name), kind) for name, kind in _KINDS)
        and all(isinstance(claims.get(name, ""), str) for name in _OPTIONAL)
        and _are_texts(claims.get("patients", []))
        and 0 <= claims["exp"] < 2**40
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _caller(claims: dict[str, Any]) -> Caller:
    patient, user, patients = claims.get("patient"), claims.get("fhirUser"), claims.get("patients")
    return Caller(
        client_id=claims["client_id"],
        scopes=parse_scopes(claims["scope"]),
        patient=patient,
        token_id=claims["jti"],
        expires=claims["exp"] * NANOSECONDS,
        user=user,
        patients=None if patients is None else tuple(patients),
        practice=claims.get("ah_practice"),
    )


def _expired(caller: Caller, now: int) -> Exception:
    ago = (now - caller.expires) / NANOSECONDS
    message = (
        f"the access token expired {ago:.0f} s ago (by the emulator's clock): get a new one at the token endpoint, "
        "with the refresh token or as you got this one"
    )
    return invalid_token(message, f"token {caller.token_id} of {caller.client_id} expired {ago:.3f} s ago")
