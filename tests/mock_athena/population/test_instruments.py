from datetime import UTC, datetime

import pytest

from mock_athena.population import instruments
from mock_athena.population.instruments import AT_RISK, INSTRUMENTS, NEVER_TRUE, NO_RISK
from tests.mock_athena.population.someone import TODAY, people

TAKEN = datetime(2025, 6, 3, 15, tzinfo=UTC)
SCORED = sorted(key for key, made in INSTRUMENTS.items() if made.score)


@pytest.mark.parametrize("key", sorted(INSTRUMENTS))
def test_answers_are_those_of_the_questions_in_order(key: str) -> None:
    items = {item.code: item.answers for item in INSTRUMENTS[key].items}
    for who, random in people(60):
        answers = instruments.fill(key, who, TODAY, random, TAKEN).answers
        assert [answer.question for answer in answers] == list(items)[: len(answers)]
        assert all(answer.answer in items[answer.question] for answer in answers)


@pytest.mark.parametrize("key", SCORED)
def test_the_score_is_the_sum_of_the_points(key: str) -> None:
    for who, random in people(60):
        made = instruments.fill(key, who, TODAY, random, TAKEN)
        assert made.score == sum(answer.points for answer in made.answers)
        assert 0 <= made.score <= INSTRUMENTS[key].highest


@pytest.mark.parametrize("key", ["phq-2", "phq-9", "gad-7", "audit-c"])
def test_points_are_the_place_of_the_answer(key: str) -> None:
    places = {item.code: item.answers for item in INSTRUMENTS[key].items}
    for who, random in people(40):
        for answer in instruments.fill(key, who, TODAY, random, TAKEN).answers:
            assert places[answer.question][answer.points] == answer.answer


@pytest.mark.parametrize("level", [0.0, 9.0, 18.0, 30.0])
def test_the_phq_9_follows_the_mood(level: float) -> None:
    for who, random in people(30):
        who.levels["phq9"] = level
        score = instruments.fill("phq-9", who, TODAY, random, TAKEN).score
        assert score is not None
        assert abs(score - min(level, 27)) <= 5


def test_who_is_short_of_food_answers_so() -> None:
    for who, random in people(10):
        full = instruments.fill("hunger-vital-sign", who, TODAY, random, TAKEN)
        assert [answer.answer for answer in full.answers] == [NEVER_TRUE, NEVER_TRUE, NO_RISK]
        who.conditions = frozenset(("food-insecurity",))
        hungry = instruments.fill("hunger-vital-sign", who, TODAY, random, TAKEN)
        assert hungry.answers[0].answer != NEVER_TRUE
        assert hungry.answers[2].answer == AT_RISK
        assert hungry.score is None
