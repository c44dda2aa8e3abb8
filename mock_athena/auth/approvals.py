"""Which application was allowed what, by whom and when: what a person finds in the portal, and can take back."""

import threading
from dataclasses import dataclass

from mock_athena.auth.users import User


@dataclass(frozen=True, slots=True)
class Approval:
    """One consent that was given.

    Attributes:
        session: what all its tokens go back to, see :class:`mock_athena.auth.tokens.Grant`.
        scopes: texts of what was allowed.
        patient: id of the Patient that was chosen; None for none.
        at: when, in nanoseconds since 1970 UTC by our clock.
    """

    session: str
    client_id: str
    user: User
    scopes: tuple[str, ...]
    patient: str | None
    at: int


class Approvals:
    """The consents that are good still, the latest of them; safe to use from several threads."""

    MOST_KEPT = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: dict[str, Approval] = {}

    def add(self, approval: Approval) -> None:
        """Remember one."""
        with self._lock:
            while len(self._given) >= self.MOST_KEPT:
                del self._given[next(iter(self._given))]
            self._given[approval.session] = approval

    def of(self, user: User) -> tuple[Approval, ...]:
        """Those that a user gave, the latest first."""
        with self._lock:
            given = tuple(self._given.values())
        mine = (user.environment, user.fhir_user)
        return tuple(each for each in reversed(given) if (each.user.environment, each.user.fhir_user) == mine)

    def forget(self, session: str) -> None:
        """One was taken back."""
        with self._lock:
            self._given.pop(session, None)

    def reset(self) -> None:
        """Forget all."""
        with self._lock:
            self._given = {}
