"""The taxonomy of refusals: each with its status and a code of FHIR's issue types."""

import pytest

from mock_athena import errors
from mock_athena.errors import ConfigurationError, ControlError, DataError, FhirError, OAuthError, Refusal

# https://hl7.org/fhir/R4/valueset-issue-type.html, leaves that an API of this kind may answer.
ISSUE_TYPES = {
    "invalid", "login", "forbidden", "not-found", "not-supported", "deleted", "too-long", "throttled", "exception",
    "transient", "conflict", "value",
}  # fmt: skip


def fhir_errors() -> list[type[FhirError]]:
    return FhirError.__subclasses__()


@pytest.mark.parametrize("kind", fhir_errors(), ids=lambda kind: kind.__name__)
def test_every_fhir_error_carries_its_wire_codes(kind: type[FhirError]) -> None:
    refusal = kind("what came; what was expected", expression=["name"], headers=[("Allow", "GET")])
    assert 400 <= refusal.status <= 599
    assert refusal.issue_code in ISSUE_TYPES
    assert refusal.severity in {"fatal", "error", "warning", "information"}
    assert (refusal.expression, refusal.headers) == (("name",), (("Allow", "GET"),))
    assert kind.__name__ in (errors.__doc__ or "")
    assert kind.__doc__


def test_statuses_are_not_shared_by_accident() -> None:
    statuses = [kind.status for kind in fhir_errors()]
    assert len(set(statuses)) == len(statuses)


def test_the_reason_is_the_message_unless_something_else_is_for_the_journal() -> None:
    assert Refusal("told").reason == "told"
    assert Refusal("told", reason="kept").reason == "kept"
    assert str(Refusal("told", reason="kept")) == "told"


def test_oauth_and_control_errors_choose_their_status() -> None:
    assert (OAuthError("invalid_grant", "m").status, OAuthError("invalid_client", "m", status=401).status) == (400, 401)
    assert (ControlError("m").status, ControlError("m", status=409).status) == (400, 409)


def test_a_data_error_is_a_configuration_error_and_no_refusal() -> None:
    assert issubclass(DataError, ConfigurationError)
    assert not issubclass(ConfigurationError, Refusal)
