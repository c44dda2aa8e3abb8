"""Vaccines given, refused, and how."""

from datetime import datetime
from typing import Any

from mock_athena.population.story import Vaccination, Visit


def doses(write: Any, only: Any, visit: Visit, *given: Vaccination) -> list[dict[str, Any]]:
    return list(only(write(visit._replace(vaccinations=given)), "Immunization"))


def test_a_refused_dose_was_not_done(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    (dose,) = doses(write, only, visit, Vaccination("140", start.date(), 0, 1, refused=True))
    assert (dose["status"], dose["statusReason"]["coding"][0]["code"]) == ("not-done", "PATOBJ")
    assert not {"lotNumber", "doseQuantity", "performer"} & set(dose)


def test_a_dose_of_the_practice_is_known_in_full(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    (dose,) = doses(write, only, visit, Vaccination("113", start.date(), 2, 1))
    assert dose["primarySource"] is True
    assert dose["lotNumber"]
    assert dose["expirationDate"] > start.date().isoformat()
    assert dose["protocolApplied"] == [{"doseNumberPositiveInt": 2}]


def test_what_is_swallowed_goes_into_no_limb(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    (dose,) = doses(write, only, visit, Vaccination("116", start.date(), 1, 1))
    assert dose["route"]["coding"][0]["code"] == "PO"
    assert "site" not in dose
