"""What a failing call lacked: scope, practice, combination."""

import pytest

from athena_fhir_client.cli.explain import explanation
from athena_fhir_client.errors import AthenaError
from tests.client.in_process import PATIENT, Known


def told(known: Known, scope: str, type: str, practice: str = "", **params: str) -> str:
    client = known.client(scope=scope, practice=practice)
    with pytest.raises(AthenaError) as error:
        list(client.search(type, params))
    return " | ".join(explanation(error.value))


def test_a_combination(athena: Known) -> None:
    said = told(athena, "system/MedicationRequest.rs", "MedicationRequest", "500001", patient=PATIENT)
    assert "lacking: a combination of parameters. One of: patient + intent · _id" in said
    assert "add intent" in said


def test_the_practice(athena: Known) -> None:
    assert "lacking: the practice" in told(athena, "system/Observation.rs", "Observation", patient=PATIENT)


def test_a_scope_that_only_reads_by_id(athena: Known) -> None:
    said = told(athena, "system/Observation.r", "Observation", "500001", patient=PATIENT)
    assert "system/Observation.s" in said
    assert "searches need .s or .rs" in said


def test_a_search_that_was_refused_within_a_200(athena: Known) -> None:
    said = told(athena, "system/Observation.rs", "Observation", "500001", patient="806")
    assert "status 200 does not say that a search worked" in said
