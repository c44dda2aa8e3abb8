"""The practice grows with its patients, and nobody changes doctor because others came."""

from typing import Any

import pytest

from mock_athena.population import practice_resources
from mock_athena.population.staff import FIRST_PROVIDERS, clinicians, primary_care_number


@pytest.mark.parametrize(("patients", "expected"), [(0, 6), (25, 6), (500, 6), (501, 7), (1000, 7), (1001, 8)])
def test_another_clinician_comes_with_every_500_patients(patients: int, expected: int) -> None:
    assert len(clinicians(patients)) == expected


@pytest.mark.parametrize("n", [1, 499, 500, 501, 1000, 1001, 777_777, 2_000_000])
@pytest.mark.parametrize("child", [True, False])
def test_a_patients_clinician_works_at_a_practice_of_that_size(n: int, child: bool) -> None:
    assert primary_care_number(n, child=child) in clinicians(n)


def test_children_and_adults_of_the_first_500_have_their_own() -> None:
    children = {primary_care_number(n, child=True) for n in range(1, 501)}
    adults = {primary_care_number(n, child=False) for n in range(1, 501)}
    assert children | adults == set(FIRST_PROVIDERS)
    assert not children & adults


def test_every_clinician_has_a_role_and_a_schedule() -> None:
    made: list[dict[str, Any]] = practice_resources(1, 500001, 501)
    seen = {f"Practitioner/{each['id']}" for each in made if each["resourceType"] == "Practitioner"}
    roles = {each["practitioner"]["reference"] for each in made if each["resourceType"] == "PractitionerRole"}
    schedules = {each["actor"][0]["reference"] for each in made if each["resourceType"] == "Schedule"}
    assert roles == seen
    assert len(schedules) == 7
    assert schedules < seen
