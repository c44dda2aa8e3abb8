"""Who is in front of the browser: a signed cookie, and the token that ties each form to it.

The cookie says who signed in and when, by the emulator's clock, and is good for a working day; then nobody is signed
in, and the visit goes on: a clock that jumps ends no form, and no control token has to be told again. Every visitor has
one, so that a form can be tied to a visit before anybody signed in; with each sign-in it is a new one, so that nobody
can wait inside a visit for somebody else to sign in. What is posted must bring the token of the visit and must not come
from another site. https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from mock_athena.auth.users import User
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.state import State

LIFETIME_S = 8 * 3600
_KEY, _ENDED = "portal-key", "portal-ended"
_KEY_BYTES = 32
_SHA256 = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser's stay.

    Attributes:
        id: names it; no secret.
        began: when, in nanoseconds since 1970 UTC by our clock; of a sign-in, when that was.
        username, environment: who signed in, and where; empty for nobody.
        developer: the control token was told.
        fresh: the browser does not have it yet.
    """

    id: str
    began: int
    username: str = ""
    environment: str = ""
    developer: bool = False
    fresh: bool = False


class Visits:
    """Hands visits out and knows them again; safe to use from several threads and processes."""

    def __init__(self, clock: Clock, state: State) -> None:
        self._clock, self._state = clock, state

    def of(self, cookie: str | None) -> Visit:
        """The visit of a cookie; a new one for a cookie that is missing, forged or ended."""
        known = self._known(cookie) if cookie else None
        return known or Visit(secrets.token_urlsafe(16), self._clock.now(), fresh=True)

    def cookie(self, visit: Visit) -> str:
        """The value of the cookie by which a visit is known again."""
        return str(self._signed().dumps([visit.id, visit.began, visit.username, visit.environment, visit.developer]))

    def signed_in(self, visit: Visit, user: User) -> Visit:
        """The visit of somebody who just signed in, in place of ``visit``."""
        new = self._in_place_of(visit)
        return replace(new, username=user.username, environment=user.environment, developer=visit.developer)

    def signed_out(self, visit: Visit) -> Visit:
        """The visit of nobody, in place of ``visit``, whose cookie is good no more."""
        return self._in_place_of(visit)

    def trusted(self, visit: Visit) -> Visit:
        """The visit of a developer, in place of ``visit``."""
        return replace(visit, id=self._in_place_of(visit).id, developer=True, fresh=True)

    def form_token(self, visit: Visit) -> str:
        """What every form of this visit carries."""
        return hmac.digest(self._key(), f"form {visit.id}".encode(), "sha256").hex()

    def holds(self, visit: Visit, token: str | None) -> bool:
        """Whether a form is one of this visit."""
        return not visit.fresh and hmac.compare_digest(self.form_token(visit).encode(), (token or "").encode())

    def _key(self) -> bytes:
        """Made at the first use; a reset takes it away, at any moment, and with it all visits."""
        while not (key := self._state.get(_KEY, _KEY)):
            self._state.add(_KEY, _KEY, secrets.token_hex(_KEY_BYTES))
        return bytes.fromhex(key)

    def _signed(self) -> URLSafeSerializer:
        return URLSafeSerializer(self._key(), salt="visit", signer_kwargs=_SHA256)

    def _known(self, cookie: str) -> Visit | None:
        try:
            content: Any = self._signed().loads(cookie)
        except BadSignature:
            return None
        visit = Visit(*content)
        if self._state.get(_ENDED, visit.id) is not None:
            return None
        # After a reset the clock may show an earlier time than the cookie.
        lasts = 0 <= self._clock.now() - visit.began < LIFETIME_S * NANOSECONDS
        return visit if lasts else replace(visit, username="", environment="")

    def _in_place_of(self, visit: Visit) -> Visit:
        if not visit.fresh:
            self._end(visit)
        return Visit(secrets.token_urlsafe(16), self._clock.now(), fresh=True)

    def _end(self, visit: Visit) -> None:
        self._state.forget_expired(self._clock.now(), _ENDED)
        # What a sign-in leaves when its time has come is worth nothing, but a developer's visit is good for ever.
        until = None if visit.developer else visit.began + LIFETIME_S * NANOSECONDS
        self._state.put(_ENDED, visit.id, True, until)


def is_intact(kind: str, value: Any) -> bool:
    """Whether a value that somebody brings can be kept under a kind of the portal's.

    Raises:
        ValueError: it is no key.
    """
    if kind == _KEY:
        return isinstance(value, str) and len(bytes.fromhex(value)) == _KEY_BYTES
    return kind == _ENDED and value is True
