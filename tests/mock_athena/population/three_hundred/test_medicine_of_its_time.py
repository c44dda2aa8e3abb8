"""Operations that were known when they were done, and one anticoagulant at a time."""

from datetime import date

from mock_athena.population.story import Story

LAPAROSCOPIC = {"0DTJ4ZZ", "45595009"}
ANTICOAGULANTS = {"apixaban-5", "warfarin-5"}


def test_nothing_was_done_through_a_laparoscope_before_1990(
    stories: tuple[Story, ...], aged: tuple[Story, ...]
) -> None:
    done = [one for story in (*stories, *aged) for one in story.operations if one.code in LAPAROSCOPIC]
    assert len(done) > 10
    assert min(one.begun.date() for one in done) >= date(1990, 1, 1)


def test_who_is_anticoagulated_is_given_no_heparin_besides(stories: tuple[Story, ...], aged: tuple[Story, ...]) -> None:
    given = 0
    for story in (*stories, *aged):
        written = [one for visit in story.visits for one in visit.prescriptions]
        lasting = [one for one in written if one.drug in ANTICOAGULANTS]
        for short in (one for one in written if one.drug == "enoxaparin-injection"):
            given += 1
            day = short.written.date()
            assert not any(one.started <= day and (one.ends is None or one.ends > day) for one in lasting), (
                story.person.n
            )
    assert given > 3
