from datetime import date, timedelta
from itertools import pairwise

from mock_athena.population import body, person
from mock_athena.population.conditions import cancer_screening, pregnancy, well_adult, well_child
from mock_athena.population.conditions.module import Occasion, Programme
from mock_athena.population.story import PRENATAL, STAY, WELLNESS
from tests.mock_athena.population.someone import TODAY, Someone, people

SINCE = TODAY - timedelta(days=8 * 365)


def occasions(programme: Programme, who: Someone, since: date = SINCE) -> list[Occasion]:
    assert programme.occasions is not None
    since = max(since, who.person.born)
    return sorted(programme.occasions(who, since, TODAY, who.person.stream(programme.key)), key=lambda one: one.day)


def test_check_ups_are_of_children_or_of_adults_and_within_the_record() -> None:
    for who, _ in people(150):
        for programme, adult in ((well_child.PROGRAMME, False), (well_adult.PROGRAMME, True)):
            for one in occasions(programme, who):
                assert one.kind == WELLNESS
                assert (who.person.age_on(one.day) >= 18) == adult
                assert max(SINCE, who.person.born) <= one.day <= TODAY


def test_a_newborn_is_seen_in_the_first_week_with_its_bilirubin() -> None:
    seen = 0
    for who, _ in people(400):
        if who.person.age < 8:
            first = occasions(well_child.PROGRAMME, who)[0]
            early = (first.day - who.person.born).days < 8
            assert (first.reason == "Z00.110") == early
            assert [order.what for order in first.orders if order.what == "newborn-bilirubin"] == (
                ["newborn-bilirubin"] if early else []
            )
            seen += early
    assert seen > 10


def test_colonoscopies_are_ten_years_apart_and_of_the_right_age() -> None:
    for who, _ in people(150, adults=True):
        done = [
            one.day
            for one in occasions(cancer_screening.PROGRAMME, who, TODAY - timedelta(days=30 * 365))
            if one.orders[0].what == "colonoscopy"
        ]
        assert all(45 <= who.person.age_on(day) < 76 for day in done)
        assert all((later - day).days > 3650 for day, later in pairwise(done))


def test_a_pregnancy_goes_from_visits_to_a_birth() -> None:
    births = 0
    for who, _ in people(500):
        found = pregnancy.pregnancies(who, SINCE, TODAY)
        assert found == pregnancy.pregnancies(who, SINCE, TODAY)
        assert not found or who.person.gender == "female"
        made = occasions(pregnancy.PROGRAMME, who)
        for one in found:
            assert 246 <= (one.born - one.begun).days <= 290
            assert 17 <= who.person.age_on(one.born) <= 44
            stays = [visit for visit in made if visit.kind == STAY and visit.day == one.born]
            assert len(stays) == (SINCE <= one.born < TODAY)
            births += len(stays)
        assert all(a.born < b.begun for a, b in pairwise(found))
    assert births > 5


def test_the_gestational_age_agrees_with_the_due_date() -> None:
    for who, _ in people(500):
        for visit in occasions(pregnancy.PROGRAMME, who):
            if visit.kind == PRENATAL:
                facts = dict(visit.facts)
                due = facts["due-date"]
                assert isinstance(due, date)
                weeks = (visit.day - due + timedelta(days=280)).days // 7
                assert facts["gestational-age"] == weeks
                assert visit.reason[-1] == str(1 if weeks < 14 else 2 if weeks < 28 else 3)


def test_the_golden_pregnancy_is_in_its_last_three_months() -> None:
    drawn = person.draw(1, 500001, 2, TODAY)
    (one,) = pregnancy.pregnancies(Someone(drawn, body.draw(drawn)), SINCE, TODAY)
    assert 28 <= (TODAY - one.begun).days / 7 <= 40
    assert one.born > TODAY
