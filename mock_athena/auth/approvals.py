"""Which application was allowed what, by whom and when: what a person finds in the portal, and can take back."""

from dataclasses import asdict, dataclass

from mock_athena.auth.revocations import Revocations
from mock_athena.auth.users import User
from mock_athena.clock import NANOSECONDS
from mock_athena.state import State

# As long as a refresh token lives at most.
KEPT_S = 90 * 86_400
_KIND = "approval"


@dataclass(frozen=True, slots=True)
class Approval:
    """One consent that was given.

    Attributes:
        session: what all its tokens go back to, see :class:`mock_athena.auth.tokens.Grant`.
        environment, user: of whom: ``production`` or ``sandbox``, and the reference to the user's own resource.
        scopes: texts of what was allowed.
        patient: id of the Patient that was chosen; None for none.
        at: when, in nanoseconds since 1970 UTC by our clock.
    """

    session: str
    client_id: str
    environment: str
    user: str
    scopes: tuple[str, ...]
    patient: str | None
    at: int


class Approvals:
    """The consents that have not been taken back; safe to use from several threads and processes."""

    def __init__(self, state: State, revocations: Revocations) -> None:
        self._state, self._revocations = state, revocations

    def add(self, approval: Approval) -> None:
        """Remember one."""
        self._state.forget_expired(approval.at, _KIND)
        self._state.put(_KIND, approval.session, asdict(approval), approval.at + KEPT_S * NANOSECONDS)

    def all(self) -> tuple[Approval, ...]:
        """All, the latest first."""
        given = [Approval(**{**each, "scopes": tuple(each["scopes"])}) for each in self._state.all(_KIND).values()]
        return tuple(each for each in reversed(given) if not self._revocations.has_session_ended(each.session))

    def of(self, user: User) -> tuple[Approval, ...]:
        """Those that a user gave, the latest first."""
        mine = (user.environment, user.fhir_user)
        return tuple(each for each in self.all() if (each.environment, each.user) == mine)

    def reset(self) -> None:
        """Forget all."""
        self._state.clear(_KIND)
