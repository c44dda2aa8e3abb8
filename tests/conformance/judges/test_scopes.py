"""What scopes grant."""

import pytest

from athena_fhir_conformance.judges.challenges import parameters_of
from athena_fhir_conformance.judges.scopes import beyond, covers, scope_of


def test_both_versions_of_the_grammar() -> None:
    assert scope_of("patient/Observation.rs?category=a|b") is not None
    assert covers("system/*.read", "system", "Condition", "s")
    assert covers("launch system/Condition.r", "system", "Condition", "r")
    assert not covers("system/Condition.r", "system", "Condition", "s")
    assert not covers("patient/Condition.rs", "system", "Condition", "s")
    assert not covers("system/Condition.rs?category=x", "system", "Condition", "s")


@pytest.mark.parametrize(
    "text", ["patient/Observation.sr", "patient/Observation.", "everyone/*.rs", "launch/patient", "patient/*.rx"]
)
def test_what_is_no_scope_for_resources(text: str) -> None:
    assert scope_of(text) is None


def test_more_than_was_asked_for() -> None:
    assert beyond("system/Patient.rs", "system/*.read") == []
    assert beyond("system/*.read", "system/Patient.rs") == ["system/*.read"]
    assert beyond("system/Patient.rs?_id=1", "system/Patient.rs") == []
    assert beyond("system/Patient.cruds", "system/Patient.rs") == ["system/Patient.cruds"]
    assert beyond("offline_access", "launch") == ["offline_access"]


def test_challenges() -> None:
    field = 'Bearer realm="a, b", error="invalid_token", error_description="x"'
    assert parameters_of(field, "Bearer") == {"realm": "a, b", "error": "invalid_token", "error_description": "x"}
    assert parameters_of("Bearer", "Bearer") == {}
    assert parameters_of('Basic realm="x"', "Bearer") is None
    assert parameters_of('Basic realm="x", Bearer error=invalid_token', "Bearer") == {"error": "invalid_token"}
