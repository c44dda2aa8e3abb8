import pytest

from mock_athena.population import growth

# Medians of the CDC's growth charts of 2000, boys and girls.
MEDIANS = (("male", 2.0, 86.5, 16.6), ("female", 10.0, 138.2, 16.8), ("male", 20.0, 176.8, 23.0))


@pytest.mark.parametrize(("gender", "age", "height", "bmi"), MEDIANS)
def test_the_median_child_is_that_of_the_charts(gender: str, age: float, height: float, bmi: float) -> None:
    assert growth.height(gender, age, 0) == pytest.approx(height, abs=0.6)
    assert growth.bmi(gender, age, 0) == pytest.approx(bmi, abs=0.2)


@pytest.mark.parametrize(("score", "percentile"), [(-1.645, 5), (0, 50), (1.645, 95)])
def test_a_percentile_is_that_of_the_standard_score(score: float, percentile: int) -> None:
    for gender in ("female", "male"):
        for age in (2.5, 7.3, 15.8):
            found = growth.bmi_percentile(gender, age, growth.bmi(gender, age, score))
            assert abs(found - percentile) <= 1


def test_a_median_baby_is_of_median_weight_for_its_length() -> None:
    length, weight = growth.height("female", 0.5, 0), growth.infant_weight("female", 0.5, 0)
    assert 35 <= growth.weight_for_length_percentile("female", length, weight) <= 65
    assert growth.head_percentile("female", 0.5, growth.head("female", 0.5, 0)) == 50
