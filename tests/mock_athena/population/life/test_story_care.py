from collections.abc import Iterator

from mock_athena.population import laboratory
from mock_athena.population.formulary import FORMULARY
from mock_athena.population.story import Prescription, Result, Story

A1C = "4548-4"


def prescriptions(story: Story) -> Iterator[Prescription]:
    for visit in story.visits:
        yield from visit.prescriptions


def results(story: Story, code: str) -> list[Result]:
    return [one for visit in story.visits for panel in visit.panels for one in panel.results if one.code == code]


def test_diabetics_have_their_a1c_measured_and_are_treated(stories: list[Story]) -> None:
    diabetics = [
        story
        for story in stories
        if any(one.key == "type-2-diabetes" for one in story.problems) and len(story.visits) > 6
    ]
    assert len(diabetics) >= 3
    for story in diabetics:
        assert results(story, A1C), story.person.n
        number = next(one.number for one in story.problems if one.key == "type-2-diabetes")
        assert any(one.problem == number for one in prescriptions(story)), story.person.n


def test_nobody_is_given_what_they_are_allergic_to(stories: list[Story]) -> None:
    allergic = 0
    for story in stories:
        substances = {one.substance for one in story.allergies if one.category == "medication"}
        allergic += bool(substances)
        for one in prescriptions(story):
            assert not substances & set(FORMULARY[one.drug].contains), story.person.n
    assert allergic > 10


def test_who_has_no_known_allergy_has_that_on_record_alone(stories: list[Story]) -> None:
    for story in (one for one in stories if one.visits):
        unknown = [one for one in story.allergies if not one.substance]
        assert len(unknown) == (0 if len(story.allergies) > 1 else len(unknown))
        assert story.allergies


def test_a_prescription_ends_as_its_status_says(stories: list[Story]) -> None:
    for story in stories:
        for one in prescriptions(story):
            assert one.ends is None or one.ends >= one.started
            assert one.started <= one.written.date()
            assert one.ends is not None or one.status in ("active", "on-hold")
            assert bool(one.stopped_because) == (one.status in ("stopped", "cancelled"))
            assert list(one.fills) == sorted(set(one.fills))


def test_a_drug_is_on_one_active_order_at_a_time(stories: list[Story]) -> None:
    for story in stories:
        active = [one.drug for one in prescriptions(story) if one.status == "active" and not one.reported]
        assert len(active) == len(set(active)), story.person.n


def test_a_result_that_is_out_has_values(stories: list[Story]) -> None:
    panels = [panel for story in stories for visit in story.visits for panel in visit.panels]
    assert len(panels) > 300
    for panel in panels:
        assert bool(panel.results) == (panel.status != "registered")
        assert panel.ordered <= panel.collected
        assert all(one.code in laboratory.ANALYTES for one in panel.results)


def test_older_care_plans_are_closed_and_the_last_one_is_open(stories: list[Story]) -> None:
    seen = 0
    for story in (one for one in stories if not one.died):
        for number in {plan.problem for plan in story.plans}:
            *older, last = [plan for plan in story.plans if plan.problem == number]
            problem = next(one for one in story.problems if one.number == number)
            assert all(plan.status == "completed" for plan in older)
            assert last.status == ("completed" if problem.abated else "active")
            seen += 1
    assert seen > 20
