from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from mock_athena.population.conditions import CONDITIONS
from mock_athena.population.formulary import FORMULARY
from mock_athena.population.story import Prescription, Story, Visit

Stories = tuple[Story, ...]

STATINS = {key for key in FORMULARY if "statin" in key}
BETA_BLOCKERS = {"carvedilol-625", "metoprolol-succinate-50", "propranolol-40"}
NSAIDS = {"naproxen-500", "ibuprofen-200", "ibuprofen-suspension"}
HARM_UNBORN = {"lisinopril-10", "lisinopril-20", "losartan-50", "warfarin-5", "doxycycline-100", *STATINS, *NSAIDS}


def having(stories: Stories, key: str) -> Iterator[Story]:
    """Who has it and is seen for it while alive."""
    for story in stories:
        if not story.died and len(story.visits) > 2 and any(one.key == key for one in story.problems):
            yield story


def prescribed(story: Story) -> Iterator[tuple[Visit, Prescription]]:
    for visit in story.visits:
        for one in visit.prescriptions:
            yield visit, one


def taken(story: Story) -> set[str]:
    return {one.drug for _, one in prescribed(story) if one.status == "active"}


def lasting(one: Prescription) -> bool:
    return one.setting == "community" and FORMULARY[one.drug].refills > 0 and not one.reported


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def test_coronary_patients_have_a_statin(aged: Stories) -> None:
    found = [bool(taken(story) & STATINS) for story in having(aged, "coronary-disease")]
    assert len(found) > 12
    assert share(found) >= 0.85


def test_hearts_that_fail_have_a_beta_blocker(aged: Stories) -> None:
    found = [bool(taken(story) & BETA_BLOCKERS) for story in having(aged, "heart-failure")]
    assert len(found) > 2
    assert share(found) >= 0.8


def test_most_diabetics_of_middle_age_have_a_statin(stories: Stories, aged: Stories) -> None:
    diabetics = [story for story in having((*stories, *aged), "type-2-diabetes") if 45 <= story.person.age < 75]
    found = [bool(taken(story) & STATINS) for story in diabetics]
    assert len(found) > 15
    assert share(found) >= 0.65


def test_two_medicines_of_a_class_are_not_taken_at_a_time(stories: Stories, aged: Stories) -> None:
    for story in (*stories, *aged):
        assert len(taken(story) & STATINS) < 2, story.person.n
        assert len(taken(story) & BETA_BLOCKERS) < 2, story.person.n


def test_a_dose_is_not_raised_that_was_never_taken(stories: Stories) -> None:
    for story in stories:
        first: dict[str, date] = {}
        for _, one in prescribed(story):
            first.setdefault(one.drug, one.started)
        for low, high in (("lisinopril-10", "lisinopril-20"), ("sertraline-50", "sertraline-100")):
            assert high not in first or low in first or first[high] < story.visits[0].start.date(), story.person.n


def test_a_contraindication_that_comes_later_ends_a_treatment(stories: Stories, aged: Stories) -> None:
    never = {(one.key, step.drug): step.never_with for one in CONDITIONS for step in one.treatment}
    stopped = 0
    for story in (*stories, *aged):
        keys = {one.number: one.key for one in story.problems}
        last = story.visits[-1].start.date() if story.visits else None
        since = {one.key: one.recorded for one in story.problems if not one.abated}
        for _, one in prescribed(story):
            bad = [key for key in never.get((keys.get(one.problem, ""), one.drug), ()) if key in since]
            for key in bad:
                stopped += one.status == "stopped"
                assert one.status != "active" or (last and since[key] >= last), (story.person.n, one.drug, key)
    assert stopped


def test_who_must_not_have_an_nsaid_is_given_none(stories: Stories, aged: Stories) -> None:
    for story in (*stories, *aged):
        bad = {one.recorded for one in story.problems if one.key in ("ckd-stage-3", "ckd-stage-4", "heart-failure")}
        for visit, one in prescribed(story):
            if one.drug in NSAIDS and not one.reported:
                assert not any(day < visit.start.date() for day in bad), (story.person.n, one.drug)


def test_the_unborn_are_spared(stories: Stories) -> None:
    pregnant = 0
    for story in stories:
        for problem in story.problems:
            if problem.key == "pregnancy":
                pregnant += 1
                over = problem.abated or story.person.as_of
                seen = [visit.start.date() for visit in story.visits if problem.recorded <= visit.start.date() < over]
                for visit, one in prescribed(story):
                    day = visit.start.date()
                    if one.drug in HARM_UNBORN and one.setting == "community":
                        assert not problem.recorded <= day < over, (story.person.n, one.drug)
                        ended = one.ends or story.person.as_of
                        assert not seen or ended <= seen[0] or one.started >= over, (story.person.n, one.drug)
    assert pregnant > 4


def test_a_diabetic_with_a_high_a1c_is_escalated(stories: Stories) -> None:
    high = 0
    for story in having(stories, "type-2-diabetes"):
        values = [
            (visit.start.date(), float(one.value))
            for visit in story.visits
            for panel in visit.panels
            for one in panel.results
            if one.code == "4548-4" and one.value != ""
        ]
        if len(values) > 2 and all(value > 9 for _, value in values[-3:]):
            high += 1
            drugs = taken(story) & {
                "metformin-1000",
                "glipizide-5",
                "empagliflozin-10",
                "insulin-glargine",
                "liraglutide",
            }
            assert len(drugs) >= 2 or "insulin-glargine" in drugs, (story.person.n, drugs)


def test_nothing_is_measured_twice_at_a_visit(stories: Stories) -> None:
    for story in stories:
        for visit in story.visits:
            codes = [one.code for panel in visit.panels for one in panel.results if one.code in ("2160-0", "718-7")]
            assert len(codes) == len(set(codes)), (story.person.n, visit.order)


def test_a_long_low_mood_is_treated(stories: Stories) -> None:
    for story in having(stories, "depression"):
        scores = [one.score for visit in story.visits for one in visit.screenings if one.instrument == "phq-9"]
        if len(scores) > 2 and all(score is not None and score >= 13 for score in scores[-3:]):
            assert taken(story) & {
                "sertraline-50",
                "sertraline-100",
                "fluoxetine-20",
                "escitalopram-10",
                "trazodone-50",
            }


def test_who_dies_in_hospital_is_not_said_to_go_home(stories: Stories, aged: Stories) -> None:
    died = 0
    for story in (*stories, *aged):
        for visit in story.visits:
            if visit.stay and visit.stay.disposition == "exp":
                died += 1
                assert "discharge" not in " ".join(visit.summary)
                assert "died" in " ".join(visit.summary)
    assert died


def test_a_pregnant_woman_weighs_as_much_whatever_she_comes_for(stories: Stories) -> None:
    for story in stories:
        for problem in story.problems:
            if problem.key == "pregnancy":
                over = problem.abated or story.person.as_of
                seen = [
                    visit.vitals.weight
                    for visit in story.visits
                    if visit.vitals and visit.vitals.weight and problem.onset <= visit.start.date() < over
                ]
                assert all(later > before - 3.5 for before, later in pairwise(seen)), (story.person.n, seen)
