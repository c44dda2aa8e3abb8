from collections.abc import Iterator
from datetime import date, datetime

from mock_athena.population.story import EMERGENCY, STAY, Story, Visit

OFFICE = range(13, 22)


def days(story: Story) -> Iterator[date]:
    """Every day on which something happened; planned things aside."""
    for problem in story.problems:
        yield from (day for day in (problem.onset, problem.recorded, problem.abated) if day)
    for visit in story.visits:
        yield from (visit.start.date(), visit.end.date())
        yield from (panel.issued.date() for panel in visit.panels)
        yield from (study.issued.date() for study in visit.studies)
        yield from (operation.ended.date() for operation in visit.operations)
        yield from (day for made in visit.prescriptions for day in made.fills)
        yield from (made.day for made in visit.vaccinations)
    yield from (made.day for made in story.vaccinations)
    yield from (made.begun.date() for made in story.operations)
    yield from (made.onset for made in story.allergies if made.onset)


def test_nothing_happens_before_birth_after_death_or_in_the_future(stories: list[Story]) -> None:
    for story in stories:
        last = story.person.as_of
        assert all(story.person.born <= day <= last for day in days(story)), story.person.n


def test_nobody_is_seen_after_their_death(stories: list[Story]) -> None:
    dead = [story for story in stories if story.died]
    assert dead
    for story in dead:
        assert all(visit.start <= (story.died or visit.start) for visit in story.visits), story.person.n
        assert story.cause_of_death
        assert not any(made.status == "active" for visit in story.visits for made in visit.prescriptions)


def test_nobody_is_in_two_places_at_once(stories: list[Story]) -> None:
    for story in stories:
        for visit, following in zip(story.visits, story.visits[1:], strict=False):
            assert visit.end < following.start, (story.person.n, visit.order)


def test_visits_are_numbered_in_order_of_time(stories: list[Story]) -> None:
    for story in stories:
        assert [visit.order for visit in story.visits] == list(range(1, len(story.visits) + 1))


def test_visits_to_the_office_are_on_weekdays_in_office_hours(stories: list[Story]) -> None:
    for story in stories:
        for visit in (one for one in story.visits if one.kind not in (STAY, EMERGENCY)):
            assert visit.start.weekday() < 5
            assert visit.start.hour in OFFICE
            assert in_office(visit)


def in_office(visit: Visit) -> bool:
    closed = datetime.combine(visit.start.date(), datetime.min.time(), visit.start.tzinfo).replace(hour=21, minute=31)
    return visit.start < closed


def test_a_problem_is_recorded_after_it_began(stories: list[Story]) -> None:
    for story in stories:
        assert [one.number for one in story.problems] == sorted(one.number for one in story.problems)
        assert all(one.onset <= one.recorded for one in story.problems)
        assert all(one.onset <= one.abated for one in story.problems if one.abated)


def test_what_a_visit_names_exists(stories: list[Story]) -> None:
    for story in stories:
        numbers = {0, *(one.number for one in story.problems)}
        for visit in story.visits:
            assert {one.problem for one in visit.diagnoses} <= numbers
            assert {one.problem for one in visit.prescriptions} <= numbers
            assert [one.rank for one in visit.diagnoses] == list(range(1, len(visit.diagnoses) + 1))
            assert visit.reasons
