"""What a decision leaves behind: the grant, the caller that it becomes, and what is refused."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from mock_athena.auth.caller import Caller
from mock_athena.auth.consent import Consent
from mock_athena.auth.form import parameters
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.users import User
from tests.mock_athena.auth.conftest import ORIGIN, TOKEN_URL, asked, patient_user, redemption, refused

DOCTOR = User("doc", "provider", "Dr Who", "Practitioner/a-1.Provider-1", None, "a-1.Practice-500001", "production")
MOTHER = User(
    "mum", "proxy", "Ann One", "RelatedPerson/p-1", ("a-1.E-1", "a-1.E-2"), "a-1.Practice-500001", "production"
)


def decided(server: AuthorizationServer, consent: Consent, **changes: str | None) -> str:
    """The redirect after a decision."""
    sent = parameters(asked(**changes).items())
    return server.approve(server.authorization_request(sent, server.return_address(sent, ORIGIN), ORIGIN), consent)


def caller(server: AuthorizationServer, consent: Consent, **changes: str | None) -> Caller:
    """Whom the token names that a decision led to."""
    code = parse_qs(urlsplit(decided(server, consent, **changes)).query)["code"][0]
    return server.identify("Bearer " + server.token(redemption(code), None, TOKEN_URL)["access_token"])


def test_the_caller_is_the_one_who_signed_in(server: AuthorizationServer) -> None:
    found = caller(server, Consent(patient_user(), None, "a-1.E-1"))
    assert (found.user, found.patients, found.patient) == ("Patient/a-1.E-1", ("a-1.E-1",), "a-1.E-1")
    found = caller(server, Consent(MOTHER, None, "a-1.E-2"))
    assert (found.user, found.patients, found.patient) == ("RelatedPerson/p-1", ("a-1.E-1", "a-1.E-2"), "a-1.E-2")


def test_a_provider_sees_the_practice_without_a_patient(server: AuthorizationServer) -> None:
    found = caller(server, Consent(DOCTOR), scope="user/*.rs")
    assert (found.user, found.patients, found.patient) == (DOCTOR.fhir_user, None, None)
    assert [scope.text for scope in found.scopes] == ["user/*.rs"]


def test_nobody_acts_for_a_patient_who_is_not_theirs(server: AuthorizationServer) -> None:
    refused(lambda: decided(server, Consent(MOTHER, None, "a-1.E-3")), "access_denied")


def test_a_user_of_one_environment_does_not_sign_in_at_the_other(server: AuthorizationServer) -> None:
    elsewhere = replace(DOCTOR, environment="sandbox")
    assert "production" in refused(lambda: decided(server, Consent(elsewhere)), "access_denied").message
