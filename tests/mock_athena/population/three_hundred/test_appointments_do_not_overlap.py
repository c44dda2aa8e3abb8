from collections import defaultdict
from itertools import pairwise

from mock_athena.population.staff import PANEL
from mock_athena.population.story import Booking, Story

Stories = tuple[Story, ...]


def test_no_clinician_has_two_planned_patients_at_a_time(stories: Stories) -> None:
    planned: defaultdict[int, list[Booking]] = defaultdict(list)
    for story in stories:
        for one in story.bookings:
            if one.start.date() > story.person.as_of:
                planned[one.provider].append(one)
    assert sum(len(found) for found in planned.values()) > 250
    assert len(planned) > 4
    for found in planned.values():
        found.sort(key=lambda one: one.start)
        assert all(one.end <= other.start for one, other in pairwise(found))


def test_every_patient_of_a_panel_has_times_of_their_own() -> None:
    from mock_athena.population.life.bookings import slot

    for first in (1, PANEL + 1, 7 * PANEL + 1):
        assert len({slot(n) for n in range(first, first + PANEL)}) == PANEL
