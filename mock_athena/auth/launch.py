"""Launches from within the EHR: an opaque id that is handed to an application and comes back when it authorizes.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch. A launch is for one client, one user
who is already signed in, one environment, and one use within minutes. What it stands for goes into the token response.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mock_athena.auth.shelf import Shelf, fingerprint
from mock_athena.auth.users import User, user_from
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError
from mock_athena.state import State

LIFETIME_S = 300


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """What an application is told beside its token.

    Attributes:
        patient, encounter: ids of the Patient and the Encounter that are open; None for none.
        practice: as athenahealth names it in ``ah_practice``; None for that of the environment.
        need_patient_banner: the application must show whose records these are; None if nothing is said.
        smart_style_url: absolute, or a path below our origin; None for none.
        fhir_context: what else is open, item for item as ``fhirContext`` tells it:
            https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#fhircontext-exp.
        tenant: whose installation it is. intent: what the user wants to do there.
    """

    patient: str | None = None
    encounter: str | None = None
    practice: str | None = None
    need_patient_banner: bool | None = None
    smart_style_url: str | None = None
    fhir_context: tuple[Mapping[str, Any], ...] = ()
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
    """Launches that were started lately; safe to use from several threads and processes."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._clock = clock
        self._started = Shelf(state, "launch", clock.now)

    def start(self, launch: Launch) -> str:
        """The opaque id of a new launch, for the ``launch`` parameter."""
        id = secrets.token_urlsafe(24)
        self._started.put(fingerprint(id), asdict(launch), self._clock.now() + LIFETIME_S * NANOSECONDS)
        return id

    def look(self, id: str, client_id: str) -> Launch:
        """What an id stands for; it stays good.

        Raises:
            OAuthError: ``invalid_request``: unknown, used, expired, or another client's.
        """
        kept = self._started.get(fingerprint(id))
        if kept is None or kept["client_id"] != client_id:
            reason = None if kept is None else f"{client_id} sent a launch that was started for {kept['client_id']}"
            raise _unknown(reason)
        return _launch_from(kept)

    def known(self, id: str) -> Launch | None:
        """What an id stands for, whosever it is; None for what is none, or is used or over."""
        kept = self._started.get(fingerprint(id))
        return None if kept is None else _launch_from(kept)

    def use(self, id: str, client_id: str) -> Launch:
        """The same, and the id is good no more."""
        self.look(id, client_id)
        kept = self._started.take(fingerprint(id))
        if kept is None:
            raise _unknown("the launch was used a moment ago")
        return _launch_from(kept)

    def reset(self) -> None:
        """Forget all launches."""
        self._started.clear()


def context_from(kept: Mapping[str, Any]) -> LaunchContext:
    """A context that was told as JSON."""
    return LaunchContext(**{**kept, "fhir_context": tuple(kept["fhir_context"])})


def _launch_from(kept: Mapping[str, Any]) -> Launch:
    return Launch(kept["client_id"], user_from(kept["user"]), kept["environment"], context_from(kept["context"]))


def _unknown(reason: str | None) -> OAuthError:
    message = (
        f"launch is unknown, was used, is more than {LIFETIME_S} s old, or was started for another client: start the "
        "application again from within the EHR (POST /_mock/launches does)"
    )
    return OAuthError("invalid_request", message, reason=reason)
