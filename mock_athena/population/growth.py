"""Sizes and percentiles of children, by the LMS method: https://www.cdc.gov/growthcharts/percentile_data_files.htm.

Between the points of ``growth_charts`` everything is linear, so percentiles are good to about one.
"""

from bisect import bisect_right
from math import erf, exp, log, sqrt

from mock_athena.population.growth_charts import BMI, HEAD, HEIGHT, WEIGHT, WEIGHT_FOR_LENGTH, Row

_Chart = dict[str, tuple[Row, ...]]


def height(gender: str, age: float, score: float) -> float:
    """Length or height in cm of someone ``score`` standard scores from the median for age; grown up at 20."""
    return value(HEIGHT, gender, age, score)


def infant_weight(gender: str, age: float, score: float) -> float:
    """Weight in kg, for age."""
    return value(WEIGHT, gender, age, score)


def bmi(gender: str, age: float, score: float) -> float:
    """Body mass index in kg/m2, for age, from 2 years."""
    return value(BMI, gender, age, score)


def head(gender: str, age: float, score: float) -> float:
    """Head circumference in cm, for age, under 3 years."""
    return value(HEAD, gender, age, score)


def bmi_percentile(gender: str, age: float, measured: float) -> int:
    """Of the body mass index, for age."""
    return _percentile(BMI, gender, age, measured)


def head_percentile(gender: str, age: float, measured: float) -> int:
    """Of the head circumference, for age."""
    return _percentile(HEAD, gender, age, measured)


def weight_for_length_percentile(gender: str, length: float, weight: float) -> int:
    """Of the weight, for the length."""
    return _percentile(WEIGHT_FOR_LENGTH, gender, length, weight)


def value(chart: _Chart, gender: str, at: float, score: float) -> float:
    """What lies ``score`` standard scores from the median."""
    power, median, spread = _parameters(chart[gender], at)
    inner = 1 + power * spread * score
    # The transformation has no value beyond a limit that only absurd scores reach.
    return median * max(inner, 0.05) ** (1 / power) if abs(power) > 1e-3 else median * exp(spread * score)


def _percentile(chart: _Chart, gender: str, at: float, measured: float) -> int:
    power, median, spread = _parameters(chart[gender], at)
    relative = measured / median
    score = (relative**power - 1) / (power * spread) if abs(power) > 1e-3 else log(relative) / spread
    return min(99, max(1, round(50 * (1 + erf(score / sqrt(2))))))


def _parameters(rows: tuple[Row, ...], at: float) -> tuple[float, float, float]:
    right = bisect_right(rows, (at,))
    if right == 0:
        return rows[0][1:]
    left = rows[right - 1]
    if right == len(rows):
        return left[1:]
    next = rows[right]
    share = (at - left[0]) / (next[0] - left[0])
    return (
        left[1] + share * (next[1] - left[1]),
        left[2] + share * (next[2] - left[2]),
        left[3] + share * (next[3] - left[3]),
    )
