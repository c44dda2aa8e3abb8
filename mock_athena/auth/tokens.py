"""Access tokens: JWTs that the emulator signs, and the way back from one to its bearer.

A token carries everything about itself (RFC 9068), so it survives a restart; what was verified once is remembered,
so that a request costs a dictionary lookup. Expiry is judged by our clock, never the machine's.

The issuer is the same under every host name, since one authorization server serves both environments. Its domain
can never exist (RFC 2606), so no real service takes these tokens for its own.
"""

import secrets
import threading
from collections import deque
from typing import Any, NamedTuple, TypedDict

from mock_athena.auth.bearer import bearer_token, invalid_token
from mock_athena.auth.caller import Caller
from mock_athena.auth.grant import Grant
from mock_athena.auth.keys import SigningKey
from mock_athena.auth.revocations import How, Revocations
from mock_athena.auth.scopes import parse_scopes
from mock_athena.auth.shelf import Shelf
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.environments import ENVIRONMENTS, PRACTICES, PRODUCTION
from mock_athena.errors import Unauthorized
from mock_athena.state import State
from mock_athena.state.shapes import Seconds

ISSUER = "https://mock-athena.invalid/oauth2/v1"
AUDIENCE = "https://mock-athena.invalid/fhir/r4"
MOST_REMEMBERED = 4096

ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type


class _Known(NamedTuple):
    """A token with a good signature.

    Attributes:
        session: the consent that it goes back to. epoch: of the revocations, when it was last not among them.
    """

    caller: Caller
    session: str
    epoch: str


class ListedToken(TypedDict):
    """What is told of a token that was issued; ``issued`` and ``expires`` are seconds since 1970 UTC."""

    client_id: str
    scope: str
    patient: str | None
    fhirUser: str | None
    sid: str | None
    issued: Seconds
    expires: Seconds


class AccessTokens:
    """Issues access tokens and recognises them; safe to use from several threads and processes."""

    def __init__(self, clock: Clock, lifetime_s: int, key: SigningKey, state: State, revocations: Revocations) -> None:
        self.lifetime_s = lifetime_s
        self._clock = clock
        self._key = key
        self._lock = threading.Lock()
        self._revocations = revocations
        self._epoch = revocations.epoch
        self._known: dict[str, _Known] = {}
        self._issued = Shelf(state, "token", clock.now)
        # Those of this process that are listed, oldest first.
        self._listed: deque[str] = deque()

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
        claims |= {name: value for name, value in _context(grant).items() if value is not None}
        self._list(claims)
        return jwt.encode(
            {"alg": "RS256", "kid": self._key.kid, "typ": ACCESS_TOKEN_TYPE}, claims, self._key.private, ["RS256"]
        )

    def identify(self, authorization: str | None) -> Caller:
        """Who sends this Authorization header.

        Raises:
            Unauthorized: no token, or one that is malformed, forged, revoked or expired; the message says which.
        """
        epoch = self._epoch()
        known = self._known.get(authorization) if authorization else None
        if known is None or known.epoch != epoch:
            known = self._verify(authorization, known, epoch)
        caller = known.caller
        now = self._clock.now()
        if now >= caller.expires:
            raise _expired(caller, now)
        return caller

    def described(self, token: str) -> tuple[Caller, dict[str, Any]]:
        """Whose token this is, and its claims, whether or not it is still good.

        Raises:
            Unauthorized: it is no access token of ours.
        """
        claims = self._claims(token)
        return _caller(claims), claims

    def claims(self, token: str) -> dict[str, Any] | None:
        """What a token says that is good at this moment; None for any other text."""
        try:
            claims = self._claims(token)
        except Unauthorized:
            return None
        ended = claims["exp"] * NANOSECONDS <= self._clock.now()
        return None if ended or self._revocations.of_token(claims["jti"], claims.get("sid", "")) else claims

    def listed(self) -> dict[str, ListedToken]:
        """The latest tokens by ``jti``, as far as they have not expired: whose they are, but not they themselves."""
        return self._issued.all()

    def ended(self, token_id: str, session: str) -> How | None:
        """How a token that was issued ended before its time; None if it did not."""
        return self._revocations.of_token(token_id, session)

    def next_expiry(self, client_id: str | None = None) -> int | None:
        """When the next token expires (nanoseconds since 1970 UTC), of a client or of all; None if there is none."""
        listed = self._issued.all().values()
        return min(
            (each["expires"] * NANOSECONDS for each in listed if client_id in (None, each["client_id"])), default=None
        )

    def reset(self) -> None:
        """Forget what was verified and listed; tokens that were issued stay good until they expire."""
        with self._lock:
            self._known = {}
            self._listed.clear()
        self._issued.clear()

    def _list(self, claims: dict[str, Any]) -> None:
        told = ListedToken(
            client_id=claims["client_id"],
            scope=claims["scope"],
            patient=claims.get("patient"),
            fhirUser=claims.get("fhirUser"),
            sid=claims.get("sid"),
            issued=claims["iat"],
            expires=claims["exp"],
        )
        with self._lock:
            self._listed.append(claims["jti"])
            oldest = self._listed.popleft() if len(self._listed) > MOST_REMEMBERED else None
        if oldest:
            self._issued.delete(oldest)
        self._issued.put(claims["jti"], told, claims["exp"] * NANOSECONDS)

    def _verify(self, authorization: str | None, known: _Known | None, epoch: str) -> _Known:
        """A token that is not known yet, or was before something ended: then its signature is good all the same."""
        if known is None:
            claims = self._claims(bearer_token(authorization))
            known = _Known(_caller(claims), claims.get("sid", ""), epoch)
        caller = known.caller
        ended = self._revocations.of_token(caller.token_id, known.session)
        with self._lock:
            self._known.pop(authorization or "", None)
            if ended:
                raise _ended(caller.token_id, ended)
            while len(self._known) >= MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
            known = self._known[authorization or ""] = known._replace(epoch=epoch)
        return known

    def signed_here(self, token: str) -> dict[str, Any] | None:
        """The claims of any JWT that our key signed; None for any other text."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims: object = jwt.decode(token, self._key.private, ["RS256"]).claims
        except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        return claims if isinstance(claims, dict) else None

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
        if decoded.header.get("typ") != ACCESS_TOKEN_TYPE or not _is_ours(decoded.claims):
            message = "this is not an access token of this emulator: get one at its token endpoint"
            raise invalid_token(message)
        return decoded.claims


# The key is published, so a good signature does not mean that the claims are as we write them.
_TEXTS = ("client_id", "scope", "jti")
_OPTIONAL = ("patient", "sid", "fhirUser", "encounter", "environment", "ah_practice")
_END_OF_YEARS = 253_402_300_800  # 10000-01-01T00:00:00Z, in seconds since 1970


def _context(grant: Grant) -> dict[str, Any]:
    """The claims about a sign-in; None where there is nothing to say."""
    launch = grant.launch
    return {
        "patient": grant.patient,
        "encounter": launch.encounter,
        "need_patient_banner": launch.need_patient_banner,
        "fhirContext": list(launch.fhir_context) or None,
        "tenant": launch.tenant,
        "intent": launch.intent,
        "ah_practice": grant.practice,
        "fhirUser": grant.user,
        "patients": grant.patients,
        "environment": grant.environment or None,
        "auth_time": None if grant.signed_in is None else grant.signed_in // NANOSECONDS,
        "sid": grant.session or None,
    }


def _is_ours(claims: Any) -> bool:
    return (
        isinstance(claims, dict)
        and claims.get("iss") == ISSUER
        and claims.get("aud") == AUDIENCE
        and all(_is_text(claims.get(name)) for name in _TEXTS)
        and all(_is_text(claims.get(name, "")) for name in _OPTIONAL)
        and claims.get("environment", PRODUCTION.name) in ENVIRONMENTS
        and _are_texts(claims.get("patients", []))
        and _is_time(claims.get("exp"))
        and _is_time(claims.get("iat", 0))
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


def _is_text(value: object) -> bool:
    """Whether it is text that can be looked for: no half of a surrogate pair, no NUL."""
    return isinstance(value, str) and value.isprintable()


def _is_time(value: object) -> bool:
    return isinstance(value, int) and 0 <= value < _END_OF_YEARS


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
        home=_home(claims),
    )


def _home(claims: dict[str, Any]) -> str | None:
    """The practice of the environment of the sign-in: the claim ``ah_practice`` is what the launch said."""
    facts = ENVIRONMENTS.get(claims.get("environment", "")) or PRACTICES.get(claims.get("ah_practice", ""))
    return None if facts is None else facts.practice_id


def _ended(token_id: str, how: How) -> Unauthorized:
    return invalid_token(f"the access token is {how}: get a new one", f"token {token_id} was {how} before its time")


def _expired(caller: Caller, now: int) -> Unauthorized:
    ago = (now - caller.expires) / NANOSECONDS
    message = (
        f"the access token expired {ago:.0f} s ago (by the emulator's clock): get a new one at the token endpoint, "
        "with the refresh token or as you got this one"
    )
    return invalid_token(message, f"token {caller.token_id} of {caller.client_id} expired {ago:.3f} s ago")
