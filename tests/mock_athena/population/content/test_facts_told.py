"""What a person tells is said in the code and the kind of value that US Core has for it."""

from datetime import date, datetime
from typing import Any

import pytest

from mock_athena.population.story import Fact, Visit


@pytest.mark.parametrize(
    ("kind", "value", "element", "profile"),
    [
        ("smoking", "8517006", "valueCodeableConcept", "us-core-smokingstatus"),
        ("pack-years", 12.5, "valueQuantity", "us-core-simple-observation"),
        ("due-date", date(2026, 9, 1), "valueDateTime", "us-core-simple-observation"),
        ("sexual-orientation", "20430005", "valueCodeableConcept", "us-core-observation-sexual-orientation"),
    ],
)
def test_each_kind_has_its_value_and_profile(
    write: Any, only: Any, visit: Visit, start: datetime, kind: str, value: Any, element: str, profile: str
) -> None:
    (made,) = only(write(visit._replace(facts=(Fact(kind, start, value),))), "Observation")
    assert element in made
    assert made["meta"]["profile"][0].endswith(f"/{profile}")


def test_an_occupation_has_a_period_and_an_industry(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    (made,) = only(write(visit._replace(facts=(Fact("occupation", start, "Carpenter"),))), "Observation")
    assert made["effectivePeriod"] == {"start": "2026-03-10"}
    assert "effectiveDateTime" not in made
    assert made["component"][0]["valueCodeableConcept"] == {"text": "Construction"}


def test_an_unknown_kind_is_not_passed_over(write: Any, visit: Visit, start: datetime) -> None:
    with pytest.raises(KeyError):
        write(visit._replace(facts=(Fact("shoe-size", start, 42),)))
