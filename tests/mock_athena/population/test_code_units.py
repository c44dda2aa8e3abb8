"""Units against a small grammar of UCUM (https://ucum.org/ucum): prefixes, atoms, exponents, products, annotations."""

import re

import pytest

from mock_athena.population.codes import UCUM, quantity, unit
from mock_athena.population.codes.tables import load
from tests.together import together

METRIC = r"(?:\[[iI]U\]|cm\[H2O\]|mm\[Hg\]|m\[Hg\]|Pa|Cel|mol|osm|eq|Hz|[gmLsUVBl])"
PREFIX = r"(?:da|[YZEPTGMkhdcmunpfazy])?"
FIXED = (
    r"(?:10\*\d+|%|min|wk|mo|[hda1]|\[degF\]|\[in_i\]|\[lb_av\]|\[oz_av\]|\[drp\]|\[tsp_us\]|\[pH\]"
    r"|\[arb'U\]|\[USP'U\]|\[HPF\]|\[LPF\])"
)
ATOM = rf"(?:{FIXED}|{PREFIX}{METRIC}|\d+)(?:[+-]?\d)?"
ANNOTATION = r"\{[^{}]+\}"
TERM = rf"(?:{ATOM}(?:{ANNOTATION})?|{ANNOTATION})"
FACTOR = rf"(?:{TERM}|\({TERM}(?:\.{TERM})*\))"
UNIT = re.compile(rf"/?{FACTOR}(?:[./]{FACTOR})*")


@together("code", sorted(load(UCUM).rows))
def test_a_unit_is_of_ucum(code: str) -> None:
    assert UNIT.fullmatch(code)


@pytest.mark.parametrize("code", ["mmHg", "mg//dL", "lbs", "{open", "10^3/uL"])
def test_the_grammar_refuses_what_is_not(code: str) -> None:
    assert not UNIT.fullmatch(code)


def test_a_quantity_names_its_unit() -> None:
    assert quantity(72.5, "kg") == {"value": 72.5, "unit": "kg", "system": UCUM, "code": "kg"}
    assert quantity(1, "kg") is not unit("kg")
