"""Launches from within the EHR: an opaque id that is handed to an application and comes back when it authorizes.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch. A launch is for one client, one user
who is already signed in, one environment, and one use within minutes. What it stands for goes into the token response.
"""

import secrets
import threading
from dataclasses import dataclass

from mock_athena.auth.users import User
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError, shortened

LIFETIME_S = 300
_ADVICE = "start the application again from within the EHR (POST /_mock/launches)"


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """What an application is told beside its token.

    Attributes:
        patient, encounter: ids of the Patient and the Encounter that are open; None for none.
        practice: as athenahealth names it in ``ah_practice``; None for that of the environment.
        need_patient_banner: the application must show whose records these are; None if nothing is said.
        smart_style_url: absolute, or a path below our origin; None for none.
        fhir_context: references to further open resources, such as ``DiagnosticReport/report-123``.
        tenant: whose installation it is. intent: what the user wants to do there.
    """

    patient: str | None = None
    encounter: str | None = None
    practice: str | None = None
    need_patient_banner: bool | None = None
    smart_style_url: str | None = None
    fhir_context: tuple[str, ...] = ()
    tenant: str | None = None
    intent: str | None = None


NO_CONTEXT = LaunchContext()


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch that was started.

    Attributes:
        environment: ``production`` or ``sandbox``, whose base URL the application was told as ``iss``.
    """

    client_id: str
    user: User
    environment: str
    context: LaunchContext


class Launches:
    """Launches that were started lately; safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._started: dict[str, tuple[Launch, int]] = {}

    def start(self, launch: Launch) -> str:
        """The opaque id of a new launch, for the ``launch`` parameter."""
        id = secrets.token_urlsafe(24)
        with self._lock:
            self._started[id] = (launch, self._clock.now() + LIFETIME_S * NANOSECONDS)
        return id

    def look(self, id: str, client_id: str) -> Launch:
        """What an id stands for; it stays good.

        Raises:
            OAuthError: ``invalid_request``: unknown, used, expired, or another client's.
        """
        launch, expires = self._started.get(id, (None, 0))
        if launch is None or launch.client_id != client_id:
            reason = None if launch is None else f"{client_id} sent a launch that was started for {launch.client_id}"
            message = f"launch {shortened(id, 60)!r} is unknown, was used, or is another client's: {_ADVICE}"
            raise OAuthError("invalid_request", message, reason=reason)
        late = (self._clock.now() - expires) / NANOSECONDS
        if late >= 0:
            message = f"the launch expired {late:.0f} s ago; it is good for {LIFETIME_S} s: {_ADVICE}"
            raise OAuthError("invalid_request", message)
        return launch

    def use(self, id: str, client_id: str) -> Launch:
        """The same, and the id is good no more."""
        launch = self.look(id, client_id)
        with self._lock:
            if self._started.pop(id, None) is None:
                message = f"the launch was used a moment ago: {_ADVICE}"
                raise OAuthError("invalid_request", message)
        return launch

    def reset(self) -> None:
        """Forget all launches."""
        with self._lock:
            self._started = {}
