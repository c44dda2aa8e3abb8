"""Height and weight for age and sex, around rounded population medians.

Good for plausible records, not for judging a child's growth: the points are whole-number approximations.
"""

from bisect import bisect_right

_AGES = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0)
_HEIGHT = {
    "female": (49, 60, 66, 74, 86, 94, 101, 115, 127, 138, 151, 160, 162, 163),
    "male": (50, 61, 67, 76, 87, 95, 102, 116, 128, 139, 149, 164, 173, 176),
}
_WEIGHT = {
    "female": (3.2, 5.8, 7.3, 9.0, 12.0, 14.0, 16.0, 20.5, 26.0, 33.0, 41.5, 49.0, 54.0, 57.0),
    "male": (3.4, 6.3, 7.9, 9.7, 12.5, 14.5, 16.5, 21.0, 26.0, 32.0, 40.5, 51.0, 61.0, 67.0),
}


def _at(points: tuple[float, ...], age: float) -> float:
    """Linear between the points, flat outside."""
    if age >= _AGES[-1]:
        return points[-1]
    right = bisect_right(_AGES, age)
    left_age, right_age = _AGES[right - 1], _AGES[right]
    share = (age - left_age) / (right_age - left_age)
    return points[right - 1] + share * (points[right] - points[right - 1])


def height(gender: str, age: float, stature: float) -> float:
    """Length or height in cm; ``stature`` in standard scores, one being 4 %."""
    return round(_at(_HEIGHT[gender], age) * (1 + 0.04 * stature), 1)


def child_weight(gender: str, age: float, stature: float, heaviness: float) -> float:
    """Weight in kg under 18: follows stature, and ``heaviness`` beyond it."""
    return round(_at(_WEIGHT[gender], age) * (1 + 0.06 * stature + 0.07 * heaviness), 1)


def adult_weight(height_cm: float, bmi: float) -> float:
    """Weight in kg of an adult of that height and body mass index."""
    return round(bmi * (height_cm / 100) ** 2, 1)
