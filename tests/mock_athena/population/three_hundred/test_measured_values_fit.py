"""What is measured fits what people have."""

from collections.abc import Iterator
from datetime import date
from statistics import fmean

from mock_athena.population.story import STAY, Story

Stories = tuple[Story, ...]

EGFR, A1C = "98979-8", "4548-4"
STAGES = {"ckd-stage-3": (30, 59), "ckd-stage-4": (15, 29)}


def results(story: Story, code: str) -> Iterator[tuple[date, float]]:
    for visit in story.visits:
        for panel in visit.panels:
            for one in panel.results:
                if one.code == code and one.value != "":
                    yield visit.start.date(), float(one.value)


def test_the_stage_of_a_kidney_disease_is_that_of_the_filtration_rate(stories: Stories, aged: Stories) -> None:
    checked = 0
    for story in (*stories, *aged):
        for problem in story.problems:
            if problem.key in STAGES:
                low, high = STAGES[problem.key]
                over = problem.abated or date.max
                for day, value in results(story, EGFR):
                    if problem.recorded < day < over:
                        checked += 1
                        assert low <= value <= high, (story.person.n, problem.key, day, value)
    assert checked > 30


def test_healthy_kidneys_filter(stories: Stories, aged: Stories) -> None:
    for story in (*stories, *aged):
        if not any("ckd" in one.key for one in story.problems):
            assert all(value >= 58 for _, value in results(story, EGFR)), story.person.n


def test_diabetics_spread_as_they_do(stories: Stories, aged: Stories) -> None:
    values = []
    for story in (*stories, *aged):
        problem = next((one for one in story.problems if one.key == "type-2-diabetes"), None)
        if problem:
            values += [value for day, value in results(story, A1C) if day >= problem.recorded]
    assert len(values) > 120
    assert 7.1 <= fmean(values) <= 7.7
    assert 0.08 <= sum(value > 9 for value in values) / len(values) <= 0.19
    assert min(values) < 6.3
    assert 10 < max(values) <= 13


def test_without_diabetes_the_a1c_is_below_its_threshold(stories: Stories) -> None:
    for story in stories:
        if not any(one.key in ("type-2-diabetes", "prediabetes") for one in story.problems):
            assert all(value < 6.0 for _, value in results(story, A1C)), story.person.n


def test_who_lacks_oxygen_in_hospital_is_given_it(stories: Stories) -> None:
    given = [
        (visit, visit.vitals.oxygen, visit.vitals.saturation)
        for story in stories
        for visit in story.visits
        if visit.vitals and visit.vitals.oxygen
    ]
    assert len(given) >= 5
    for visit, (flow, concentration), saturation in given:
        assert visit.is_stay or visit.kind == "emergency"
        assert 1 <= flow <= 6
        assert concentration == 20 + 4 * flow
        assert 87 <= saturation <= 97
    for story in stories:
        for visit in story.visits:
            if visit.kind == STAY and visit.vitals:
                assert visit.vitals.saturation >= 90 or visit.vitals.oxygen, story.person.n
