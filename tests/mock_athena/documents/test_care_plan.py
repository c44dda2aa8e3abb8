"""The document of a care plan: concerns, goals, activities with their schedules, team."""

from typing import Any

import pytest

from tests.mock_athena.documents.samples import CARE_PLAN, pdf_of, text_of


@pytest.mark.parametrize(
    "said",
    [
        *("Diabetes Care Plan", "2024-01-15 to 2025-01-14", "Blood glucose control, activity and screening"),
        *(
            "E11.9",
            "2015-06-01",
            "Hemoglobin A1c below 7 percent",
            "Hemoglobin A1c <7.0 %",
            "2025-01-14",
            "In progress",
        ),
        *("Check blood glucose at home", "2 times a day", "Readings kept in the log", "every 3 months"),
        *("Primary care provider", "413-555-0111", "Electronically signed by Amara Okafor, MD"),
    ],
)
def test_it_says(said: str) -> None:
    assert said in text_of(pdf_of(CARE_PLAN))


@pytest.mark.parametrize(
    ("repeat", "said"),
    [
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, "once a day"),
        ({"frequency": 1, "period": 1, "periodUnit": "h"}, "once an hour"),
        ({"frequency": 3, "period": 2, "periodUnit": "wk"}, "3 times every 2 weeks"),
        ({"period": 6, "periodUnit": "mo"}, "every 6 months"),
    ],
)
def test_a_schedule_is_said_in_words(repeat: dict[str, Any], said: str) -> None:
    activity = [{"detail": {"description": "Walk", "scheduledTiming": {"repeat": repeat}}}]
    assert said in text_of(pdf_of(CARE_PLAN | {"activity": activity}))


def test_a_plan_in_words_alone_shows_its_words() -> None:
    told = {"activity": [], "goal": [], "text": {"div": "<div><p>Eat less salt.</p></div>"}}
    assert "Eat less salt." in text_of(pdf_of(CARE_PLAN | told))
