from datetime import date
from itertools import pairwise

from mock_athena.population.story import Story, Vaccination

DTAP, ZOSTER, COVID, HIGH_DOSE = "20", "187", ("208", "300", "309"), ("135", "197")


def given(story: Story) -> list[Vaccination]:
    every = [*story.vaccinations, *(one for visit in story.visits for one in visit.vaccinations)]
    return [one for one in every if not one.refused]


def test_children_of_two_have_had_three_doses_against_whooping_cough(stories: list[Story]) -> None:
    children = [story for story in stories if 2 <= story.person.age < 18]
    protected = [
        story
        for story in children
        if sum(one.cvx == DTAP and story.person.age_on(one.day) < 2 for one in given(story)) >= 3
    ]
    assert len(children) > 10
    assert len(protected) >= 0.85 * len(children)


def test_no_vaccine_is_given_before_there_was_one(stories: list[Story]) -> None:
    for story in stories:
        for one in given(story):
            assert one.cvx not in COVID or one.day >= date(2020, 12, 14)
            assert one.cvx != ZOSTER or one.day.year >= 2018


def test_vaccines_are_given_at_their_ages(stories: list[Story]) -> None:
    for story in stories:
        for one in given(story):
            age = story.person.age_on(one.day)
            assert one.cvx != ZOSTER or age >= 50
            assert one.cvx not in HIGH_DOSE or age >= 65
            assert one.cvx != DTAP or age < 7


def test_doses_of_one_vaccine_are_weeks_apart(stories: list[Story]) -> None:
    for story in stories:
        by_vaccine: dict[str, list[date]] = {}
        for one in sorted(given(story), key=lambda one: one.day):
            by_vaccine.setdefault(one.cvx, []).append(one.day)
        for days in by_vaccine.values():
            assert all((later - day).days >= 26 for day, later in pairwise(days))


def test_a_dose_given_here_was_given_at_a_visit(stories: list[Story]) -> None:
    for story in stories:
        for visit in story.visits:
            assert all(one.visit == visit.order for one in visit.vaccinations)
            assert all(one.day == visit.start.date() for one in visit.vaccinations)
        assert all(one.visit == 0 for one in story.vaccinations)
