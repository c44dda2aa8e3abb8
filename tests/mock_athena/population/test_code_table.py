import re
from typing import Any

import pytest

from mock_athena.population import guide, population
from mock_athena.population.codes import LOINC, SNOMED, table

GUIDE = {guide.REPORT_ID, guide.PLAN_ID, guide.ENCOUNTER_ID}
NOT_CODED = {"CPT": "http://www.ama-assn.org/go/cpt", "NUCC": "http://nucc.org/provider-taxonomy"}

VERHOEFF_D = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
VERHOEFF_P = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
]


def luhn_digit(number: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return -total % 10


def verhoeff_holds(number: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = VERHOEFF_D[check][VERHOEFF_P[place % 8][int(digit)]]
    return check == 0


@pytest.mark.parametrize("code", sorted(table()[LOINC]["codes"]))
def test_a_loinc_code_has_its_check_digit(code: str) -> None:
    number, _, digit = code.partition("-")
    assert luhn_digit(number) == int(digit)


@pytest.mark.parametrize("code", sorted(table()[SNOMED]["codes"]))
def test_a_snomed_code_has_its_check_digit(code: str) -> None:
    assert verhoeff_holds(code)
    assert not verhoeff_holds(code[:-1] + str((int(code[-1]) + 1) % 10))


def test_every_code_has_a_display_and_every_system_its_release() -> None:
    for system, part in table().items():
        assert part["release"], system
        assert part["codes"], system
        assert all(text and text == text.strip() for text in part["codes"].values()), system


def test_codes_of_other_systems_have_their_form() -> None:
    forms = {
        "http://hl7.org/fhir/sid/icd-10-cm": r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
        "http://www.cms.gov/Medicare/Coding/ICD10": r"[0-9A-HJ-NP-Z]{7}",
        "http://hl7.org/fhir/sid/cvx": r"\d{2,3}",
        "http://www.nlm.nih.gov/research/umls/rxnorm": r"\d{3,7}",
    }
    for system, form in forms.items():
        assert all(re.fullmatch(form, code) for code in table()[system]["codes"]), system


def test_every_code_emitted_is_in_the_table_with_its_display(resources: list[dict[str, Any]], objects_in: Any) -> None:
    for made in [*resources, *population(3, 500002, 60)]:
        for part in objects_in(made):
            if "system" not in part or "code" not in part:
                continue
            display = table()[part["system"]]["codes"][part["code"]]
            if "display" in part and made["id"] not in GUIDE:
                assert part["display"] == display, made["id"]


def test_systems_that_may_not_be_shipped_are_not_used() -> None:
    assert not set(NOT_CODED.values()) & set(table())
