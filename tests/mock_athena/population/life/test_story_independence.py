from datetime import date
from random import Random

import pytest

from mock_athena.population import life, person
from mock_athena.population.conditions import CONDITIONS
from mock_athena.population.conditions.module import Condition, Prospect
from mock_athena.population.story import Story

AS_OF = date(2026, 11, 1)


def told(n: int) -> Story:
    return life.tell(person.draw(3, 500001, n, AS_OF))


def _always(who: Prospect, random: Random) -> float | None:
    return random.uniform(1, 2) if who.person.n else None


_MORE = Condition(key="something-new", name="something new", icd10="R69", onset=_always)


def test_a_story_is_the_same_whenever_it_is_told(stories: list[Story]) -> None:
    for n in (61, 7, 33):
        assert told(n) == stories[n - 1]


def test_a_new_condition_gives_nobody_another(monkeypatch: pytest.MonkeyPatch, stories: list[Story]) -> None:
    monkeypatch.setattr(life, "CONDITIONS", (_MORE, *CONDITIONS))
    met = 0
    for n in range(30, 60):
        before = {(one.key, one.onset, one.icd10) for one in stories[n - 1].problems}
        after = {(one.key, one.onset, one.icd10) for one in told(n).problems}
        met += any(key == "something-new" for key, _, _ in after)
        assert {one for one in after if one[0] != "something-new"} == before
    assert met > 15
