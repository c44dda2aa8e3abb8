from collections import Counter
from datetime import date

from mock_athena.population import AS_OF, body, life, person
from mock_athena.population.conditions import asthma
from mock_athena.population.story import Story, Vaccination
from tests.mock_athena.population.someone import Someone

Stories = tuple[Story, ...]

RSV = {"303", "305", "326"}
RISKS = {"copd", "heart-failure", "coronary-disease", "ckd-stage-4", "type-2-diabetes", "asthma"}
INTENTS = {"454381000124105", "454391000124108", "454401000124105", "454411000124108"}


def doses(story: Story) -> list[Vaccination]:
    every = [*story.vaccinations, *(one for visit in story.visits for one in visit.vaccinations)]
    return [one for one in every if one.cvx in RSV and not one.refused]


def test_the_aged_have_at_most_one_dose_against_rsv_and_a_reason_for_it(stories: Stories, aged: Stories) -> None:
    given = 0
    for story in (one for one in (*stories, *aged) if one.person.age >= 55):
        found = doses(story)
        given += len(found)
        assert len(found) < 2, story.person.n
        for one in found:
            age = story.person.age_on(one.day)
            assert one.day >= date(2023, 9, 1)
            assert one.cvx != "326" or one.day.year >= 2024
            assert age >= 75 or (age >= 60 and RISKS & {problem.key for problem in story.problems}), story.person.n
    assert given > 15


def test_the_young_have_it_late_in_a_pregnancy_alone() -> None:
    young = (person.draw(1, 500001, n, AS_OF) for n in range(1, 1200))
    told = [life.tell(one) for one in young if one.gender == "female" and 18 <= one.age < 45]
    given = [(story, one) for story in told for one in doses(story)]
    assert len(given) > 3
    for story, one in given:
        assert one.cvx == "305"
        visit = next(visit for visit in story.visits if visit.start.date() == one.day)
        weeks = next(fact.value for fact in visit.facts if fact.kind == "gestational-age")
        assert 32 <= int(str(weeks)) <= 36
        assert one.day.month in (9, 10, 11, 12, 1)


def test_pregnancy_intent_has_every_answer(stories: Stories) -> None:
    said = Counter(
        str(fact.value)
        for story in stories
        for visit in story.visits
        for fact in visit.facts
        if fact.kind == "pregnancy-intent"
    )
    assert set(said) == INTENTS
    assert said["454401000124105"] == max(said.values())


def test_small_children_have_asthma_and_most_of_it_begins_early() -> None:
    begun = []
    for n in range(1, 3000):
        drawn = person.draw(1, 500001, n, AS_OF)
        age = asthma.CONDITION.onset(Someone(drawn, body.draw(drawn)), drawn.stream("condition/asthma"))
        begun += [age] if age is not None else []
    assert 0.09 <= len(begun) / 3000 <= 0.15
    assert 0.08 <= sum(age < 3 for age in begun) / len(begun) <= 0.35
    assert 0.4 <= sum(age < 6 for age in begun) / len(begun) <= 0.75
