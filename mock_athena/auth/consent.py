"""What a person decided in front of the consent page, as a value, and what it grants."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace

from mock_athena.auth.authorize import AuthorizationRequest, needs_patient
from mock_athena.auth.grant import Grant
from mock_athena.auth.launch import NO_CONTEXT, LaunchContext
from mock_athena.auth.users import User
from mock_athena.errors import OAuthError


@dataclass(frozen=True, slots=True)
class Consent:
    """One decision to allow.

    Attributes:
        user: who signed in and decided.
        scopes: texts of the scopes that were left ticked; None for all that were asked for.
        patient: id of the Patient who was chosen, or comes with the launch; None for none.
        encounter: id of the Encounter, likewise.
        launch: what the application is told besides; that of an EHR launch, if it was one.
        signed_in: when the user signed in (nanoseconds since 1970 UTC by our clock); None for just now.
        sign_in: names the user's session in the browser, with whose end ``online_access`` ends; empty for none.
    """

    user: User
    scopes: Collection[str] | None = None
    patient: str | None = None
    encounter: str | None = None
    launch: LaunchContext = NO_CONTEXT
    signed_in: int | None = None
    sign_in: str = ""


def grant_of(request: AuthorizationRequest, consent: Consent, now: int) -> Grant:
    """What tokens are issued for after this decision.

    Args:
        now: nanoseconds since 1970 UTC by our clock.

    Raises:
        OAuthError: ``access_denied``: nothing was allowed, or this user cannot allow it.
    """
    user = consent.user
    _check_user(request, user)
    scopes = tuple(text for text in request.scopes if consent.scopes is None or text in consent.scopes)
    if not scopes:
        raise OAuthError("access_denied", "the user allowed nothing of what was asked for")
    patient = consent.patient or (request.launch.context.patient if request.launch else None)
    if patient is not None and not user.may_act_for(patient):
        raise OAuthError("access_denied", f"{user.username} may not act for Patient/{patient}")
    if patient is None and needs_patient(scopes):
        raise OAuthError("access_denied", "no patient was chosen, and launch/patient or patient/ scopes need one")
    launch = consent.launch
    if request.launch and launch == NO_CONTEXT:
        launch = request.launch.context
    return Grant(
        client_id=request.address.client.client_id,
        scopes=scopes,
        patient=patient,
        session=secrets.token_urlsafe(16),
        practice=launch.practice or user.practice,
        user=user.fhir_user,
        patients=user.patients,
        nonce=request.nonce,
        signed_in=now if consent.signed_in is None else consent.signed_in,
        launch=replace(launch, patient=patient, encounter=consent.encounter or launch.encounter),
        environment=user.environment,
        username=user.username,
        name=user.name,
        sign_in=consent.sign_in,
    )


def _check_user(request: AuthorizationRequest, user: User) -> None:
    if user.environment != request.environment:
        raise OAuthError("access_denied", f"{user.username} is no user of {request.environment}, which aud names")
    expected = request.launch.user if request.launch else None
    if expected is not None and expected.username != user.username:
        message = f"the application was started by {expected.username}, who alone can allow it, not by {user.username}"
        raise OAuthError("access_denied", message)
