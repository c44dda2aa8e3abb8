from datetime import UTC, datetime
from itertools import pairwise

import pytest

from mock_athena.population import studies
from mock_athena.population.studies import STUDIES
from tests.mock_athena.population.someone import TODAY, people

PERFORMED = datetime(2025, 6, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize("key", sorted(STUDIES))
def test_a_study_is_reported_after_it_was_done(key: str) -> None:
    for who, random in people(10):
        made = studies.perform(key, who, TODAY, {}, random, PERFORMED)
        assert made.performed < made.issued
        assert made.findings
        assert made.conclusion
        assert bool(made.measures) == (STUDIES[key].measure is not None)


@pytest.mark.parametrize("key", ["wrist-x-ray", "ankle-x-ray", "hip-x-ray"])
def test_a_film_shows_the_fracture(key: str) -> None:
    who, random = next(people(1))
    assert "fracture of" in studies.perform(key, who, TODAY, {"fracture": 1}, random, PERFORMED).conclusion
    assert "Normal" in studies.perform(key, who, TODAY, {}, random, PERFORMED).conclusion


def test_the_ecg_agrees_with_the_pulse_and_with_itself() -> None:
    for who, random in people(40, adults=True):
        of = {code: value for code, value, _ in studies.perform("ecg", who, TODAY, {}, random, PERFORMED).measures}
        assert abs(of[studies.RATE] - who.level("pulse", TODAY)) <= 15
        assert of[studies.QTC] == pytest.approx(of[studies.QT] / (60 / of[studies.RATE]) ** 0.5, abs=1)
        assert of[studies.QRS] < of[studies.QT]


def test_there_is_no_pr_interval_without_sinus_rhythm() -> None:
    who, random = next(people(1))
    who.conditions = frozenset(("atrial-fibrillation",))
    made = studies.perform("ecg", who, TODAY, {}, random, PERFORMED)
    assert studies.PR not in [code for code, _, _ in made.measures]
    assert made.conclusion == "Atrial fibrillation"


def test_the_echocardiogram_tells_the_ejection_fraction() -> None:
    who, random = next(people(1))
    who.levels["ejection_fraction"] = 34
    ((code, value, unit),) = studies.perform("echocardiogram", who, TODAY, {}, random, PERFORMED).measures
    assert (code, unit) == (studies.EJECTION_FRACTION, "%")
    assert abs(value - 34) <= 4


def test_spirometry_agrees_with_itself_and_is_narrow_in_copd() -> None:
    for who, random in people(40, adults=True):
        who.levels["fev1"], who.conditions = 55, frozenset(("copd",))
        of = {
            code: value for code, value, _ in studies.perform("spirometry", who, TODAY, {}, random, PERFORMED).measures
        }
        ratio = of[studies.FEV1] * 100 / of[studies.FVC]
        assert of[studies.FEV1_FVC] == pytest.approx(ratio, abs=0.6)
        assert ratio < 70


def test_the_t_score_says_what_the_conclusion_says() -> None:
    for who, random in people(40, adults=True):
        for conditions, low, high in ((frozenset[str](), -2.4, 1.5), (frozenset(("osteoporosis",)), -4.2, -2.5)):
            who.conditions = conditions
            made = studies.perform("bone-density", who, TODAY, {}, random, PERFORMED)
            assert low <= made.measures[0][1] <= high
            assert ("No osteoporosis" in made.conclusion) == (not conditions)


def test_the_normal_reading_comes_last() -> None:
    for spec in STUDIES.values():
        *others, normal = spec.readings
        assert not normal.shift
        assert not normal.condition
        assert all(other.shift or other.condition for other in others)
        assert len({reading.conclusion for reading in spec.readings}) == len(spec.readings)
        assert all(first != second for first, second in pairwise(spec.readings))
