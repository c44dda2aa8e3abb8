"""Scopes in plain words: what a person reads on the consent page."""

import pytest

from mock_athena.auth.wording import CHANGING, IDENTITY, READING, STAYING, group_of, in_words
from mock_athena.fhir.registry import RESOURCE_TYPES


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("patient/*.read", "See all your health records"),
        ("patient/*.rs", "See all your health records"),
        ("patient/*.cruds", "See, add, change and delete all your health records"),
        ("user/*.rs", "See all health records that you may see"),
        ("patient/Observation.rs", "See your vital signs, test results and other observations"),
        ("patient/Observation.read", "See your vital signs, test results and other observations"),
        ("patient/Observation.s", "Search your vital signs, test results and other observations"),
        ("patient/Patient.r", "Open your name, birth date, address and other personal details"),
        ("patient/Appointment.cud", "Add, change and delete your appointments"),
        ("patient/Goal.cu", "Create, update your health goals"),
        ("user/Practitioner.rs", "See all providers that you may see"),
        ("patient/Observation.rs?category=laboratory", "See your laboratory results"),
        (
            "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs",
            "See your vital signs",
        ),
        (
            "patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern",
            "See your health concerns",
        ),
        ("patient/Encounter.rs?status=finished", "See your visits, only where status is finished"),
        (
            "patient/Observation.rs?category=laboratory&status=final",
            (
                "See your vital signs, test results and other observations, "
                "only where category is laboratory and status is final"
            ),
        ),
        ("launch/patient", "Know which patient this is about"),
        ("offline_access", "Keep access for up to 90 days, also while you are away"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_scope_in_words(scope: str, words: str) -> None:
    assert in_words(scope) == words


def test_of_another_persons_records() -> None:
    assert in_words("patient/Condition.rs", "Ada’s") == "See Ada’s health conditions"
    assert in_words("patient/*.rs", "Ada’s") == "See all Ada’s health records"


@pytest.mark.parametrize(
    ("scope", "group"),
    [
        ("openid", IDENTITY),
        ("launch", IDENTITY),
        ("patient/*.rs", READING),
        ("patient/*.cruds", CHANGING),
        ("user/Slot.u", CHANGING),
        ("online_access", STAYING),
    ],
)
def test_scopes_stand_under_a_heading(scope: str, group: str) -> None:
    assert group_of(scope) == group


@pytest.mark.parametrize("type", RESOURCE_TYPES)
def test_every_type_has_words_of_its_own(type: str) -> None:
    words = in_words(f"patient/{type}.rs")
    assert words.startswith("See your ")
    assert "records" not in words or type == "Provenance"
