"""Allergies: each with its reaction, or that there is none."""

from datetime import date
from typing import Any

from mock_athena.population.codes import RXNORM
from mock_athena.population.story import Allergy, Visit

PENICILLIN = Allergy(
    RXNORM, "7980", "medication", "high", ("247472004",), "severe", date(1999, 1, 1), date(2026, 3, 10)
)


def test_none_known_is_said(write: Any, only: Any, visit: Visit) -> None:
    (allergy,) = only(write(visit), "AllergyIntolerance")
    assert allergy["code"]["coding"][0]["code"] == "716186003"
    assert "reaction" not in allergy


def test_an_allergy_has_its_reaction(write: Any, only: Any, visit: Visit) -> None:
    (allergy,) = only(write(visit, known=(PENICILLIN,)), "AllergyIntolerance")
    (reaction,) = allergy["reaction"]
    assert (allergy["criticality"], reaction["severity"], reaction["onset"]) == ("high", "severe", "1999-01-01")
    assert allergy["recorder"]["reference"] == "Practitioner/a-500001.Provider-2"
