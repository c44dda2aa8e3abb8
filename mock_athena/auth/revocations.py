"""What ended before its time: single tokens, and consents with all that goes back to them.

It lies in the state that processes share, so that it holds for all of them at once, and after a restart.
"""

import secrets
from typing import Literal

from mock_athena.auth.shelf import Shelf
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.state import State

How = Literal["expired", "revoked"]

_EPOCH = "ended-epoch"
# Longer than any token lasts that goes back to a consent or a sign-in.
REMEMBERED_S = 366 * 86_400


class Revocations:
    """Which tokens, consents and sign-ins have ended; safe to use from several threads and processes."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._clock, self._state = clock, state
        # The state's generation, and the epoch that was read at it.
        self._seen: tuple[int | None, str] = (None, "")
        self._ended = Shelf(state, "ended", clock.now)

    def epoch(self) -> str:
        """Another text than before as soon as anything more has ended, in whatever process.

        Whoever found a token to be good need not ask again as long as it stays the same: most changes of the state end
        nothing, and to see that costs one look at it, however many tokens are known.
        """
        generation = self._state.generation()
        seen, epoch = self._seen
        if seen != generation:
            epoch = self._state.get(_EPOCH, _EPOCH) or ""
            self._seen = (generation, epoch)
        return epoch

    def end_token(self, token_id: str, how: How) -> None:
        """Accept one access token no more, as if it had expired or been revoked."""
        self._end(f"token {token_id}", how)

    def end_session(self, session: str) -> None:
        """Accept no token any more, nor one that is just being issued, that goes back to this consent."""
        self._end(f"session {session}", "revoked")

    def end_sign_in(self, sign_in: str) -> None:
        """Refresh nothing any more that was granted as long as this session in the browser lasts."""
        self._end(f"sign-in {sign_in}", "revoked")

    def of_token(self, token_id: str, session: str) -> How | None:
        """How an access token of a consent ended; None if it did not."""
        if session and self.has_session_ended(session):
            return "revoked"
        how: How | None = self._ended.get(f"token {token_id}")
        return how

    def has_session_ended(self, session: str) -> bool:
        """Whether a consent was revoked."""
        return self._ended.get(f"session {session}") is not None

    def has_sign_in_ended(self, sign_in: str) -> bool:
        """Whether somebody signed out."""
        return self._ended.get(f"sign-in {sign_in}") is not None

    def reset(self) -> None:
        """Forget all: tokens that were issued stay good until they expire."""
        self._ended.clear()

    def _end(self, id: str, how: How) -> None:
        self._ended.put(id, how, self._clock.now() + REMEMBERED_S * NANOSECONDS)
        self._state.put(_EPOCH, _EPOCH, secrets.token_hex(8))
