"""What a token is issued for that a developer asks for to try something: no more than the client could get itself."""

import secrets

from mock_athena.auth.authorize import needs_patient
from mock_athena.auth.grant import Grant
from mock_athena.auth.grants import grantable, granted, invalid_scope
from mock_athena.auth.launch import LaunchContext
from mock_athena.auth.registration import ClientRegistration
from mock_athena.auth.users import User
from mock_athena.errors import ControlError
from mock_athena.profiles import Profile


def trial_grant(
    client: ClientRegistration, scope: str, user: User | None, patient: str | None, profile: Profile, now: int
) -> Grant:
    """The grant of a client that gets a token by itself, or of somebody who as good as signed in.

    Args:
        scope: what is asked for; empty for all that the client registered. user: who signs in; None for nobody.
        patient: id of the Patient in context. now: nanoseconds since 1970 UTC by our clock.

    Raises:
        ControlError: the client is not registered for that way, or a patient is missing or not the user's.
        OAuthError: ``invalid_scope``: see :func:`mock_athena.auth.grants.granted`.
    """
    way = "client_credentials" if user is None else "authorization_code"
    if way not in client.grant_types:
        message = f"{client.client_id} is not registered for {way}, but for {', '.join(client.grant_types)}"
        raise ControlError(message)
    registered = grantable(client.scope, way, client.grant_types)
    scopes = granted(scope, registered, profile) if scope else tuple(each.text for each in registered)
    if not scopes:
        raise invalid_scope("", registered)
    if user is None:
        if patient:
            raise ControlError("A patient is in context where somebody signed in: choose a user too.")
        return Grant(client.client_id, scopes)
    if patient and not user.may_act_for(patient):
        raise ControlError(f"{user.username} may not act for Patient/{patient}.")
    if patient is None and needs_patient(scopes):
        raise ControlError("launch/patient and patient/ scopes need a patient in context: choose one.")
    return Grant(
        client_id=client.client_id,
        scopes=scopes,
        patient=patient,
        session=secrets.token_urlsafe(16),
        practice=user.practice,
        user=user.fhir_user,
        patients=user.patients,
        signed_in=now,
        launch=LaunchContext(patient=patient),
        environment=user.environment,
        username=user.username,
        name=user.name,
    )
