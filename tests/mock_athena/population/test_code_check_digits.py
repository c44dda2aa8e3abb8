"""Check digits: LOINC's is Luhn's (https://loinc.org/kb/users-guide), SNOMED CT's is Verhoeff's (https://snomed.org/tig)."""

from mock_athena.population.codes import LOINC, SNOMED
from mock_athena.population.codes.tables import load
from tests.together import together

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
# Answers (LA) and parts (LP) have check digits of another kind.
LOINC_TERMS = sorted(code for code in load(LOINC).rows if code[0].isdigit())


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


@together("code", LOINC_TERMS)
def test_a_loinc_code_has_its_check_digit(code: str) -> None:
    number, _, digit = code.partition("-")
    assert luhn_digit(number) == int(digit)


@together("code", sorted(load(SNOMED).rows))
def test_a_snomed_code_has_its_check_digit(code: str) -> None:
    assert verhoeff_holds(code)
    assert not verhoeff_holds(code[:-1] + str((int(code[-1]) + 1) % 10))
