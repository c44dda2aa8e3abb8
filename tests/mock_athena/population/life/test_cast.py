from pathlib import Path

import pytest

from mock_athena.population.cast import ROLES
from mock_athena.population.conditions import CONDITIONS
from mock_athena.population.story import Story

README = Path(__file__).parents[4] / "fixtures" / "README.md"
KNOWN = {condition.key for condition in CONDITIONS}


@pytest.mark.parametrize("n", range(1, len(ROLES) + 1), ids=[role.title for role in ROLES])
def test_a_golden_patient_plays_their_role(stories: list[Story], n: int) -> None:
    role, story = ROLES[n - 1], stories[n - 1]
    assert role.ages[0] - 0.1 <= story.person.age_on(story.person.as_of) <= role.ages[1] + 0.1
    assert not role.gender or story.person.gender == role.gender
    keys = {one.key for one in story.problems}
    wanted = {key for key, _ in role.conditions} | {key for key, _ in role.onset_dates}
    assert wanted <= keys
    assert "*" not in role.never or not any(one.listed for one in story.problems)
    assert bool(story.died) == bool(role.died)
    assert bool(story.visits) == (role.record != "nothing")
    assert role.record != "once" or len(story.visits) == 1


def test_the_readme_says_who_is_who() -> None:
    rows = (line.split("|") for line in README.read_text(encoding="utf-8").splitlines() if "a-500001.E-" in line)
    told = {row[1].strip(" `"): row[2].strip() for row in rows}
    assert told == {f"a-500001.E-{n}": role.title for n, role in enumerate(ROLES, 1)}


def test_roles_name_conditions_that_there_are() -> None:
    assert {key for role in ROLES for key, _ in role.conditions} <= KNOWN


def test_the_guide_patient_is_a_diabetic_since_the_day_that_the_guide_says(stories: list[Story]) -> None:
    onset = next(one.onset for one in stories[0].problems if one.key == "type-2-diabetes")
    assert onset.isoformat() == "2021-03-09"
