"""Urine tests: the dipstick, the sediment and the culture tell the same story."""

from mock_athena.population.laboratory import analytes as a
from mock_athena.population.laboratory.samples import Results, Sample
from mock_athena.population.story import Result

_SPILLS_GLUCOSE = 9.0
"""The A1c from which glucose is usually found in the urine."""


def albumin(of: Sample) -> Results:
    """Albumin and creatinine of a spot urine, and their ratio, computed from both as reported."""
    creatinine = round(of.near(108, 33))
    amount = round(max(1.0, of.level("albuminuria") * of.near(1.0, 0.12)) * creatinine / 100, 1)
    return (
        Result(a.URINE_ALBUMIN, amount),
        Result(a.URINE_CREATININE, creatinine),
        Result(a.ALBUMIN_RATIO, round(amount * 100 / creatinine)),
    )


def _positive(found: bool) -> str:
    return a.POSITIVE if found else a.NEGATIVE


def urinalysis(of: Sample) -> Results:
    """Dipstick and sediment; an infection shows as esterase, mostly nitrite, leukocytes and a cloudy look."""
    random, shifts = of.random, of.shifts
    infected = shifts.get("leukocyte_esterase", 0.0) > 0
    bleeding = (infected and random.random() < 0.5) or shifts.get("hematuria", 0.0) > 0
    return (
        Result(a.COLOR, "Amber" if bleeding else "Yellow"),
        Result(a.APPEARANCE, "Cloudy" if infected else "Clear"),
        Result(a.GRAVITY, round(of.near(1.017, 0.005), 3)),
        Result(a.PH, random.choice((5.5, 6.0, 6.0, 6.5, 7.0))),
        Result(a.U_GLUCOSE, _positive(of.level("a1c") > _SPILLS_GLUCOSE or shifts.get("glucose", 0.0) > 100)),
        Result(a.U_PROTEIN, _positive(of.level("albuminuria") > 300 or shifts.get("proteinuria", 0.0) > 0)),
        Result(a.KETONES, _positive(shifts.get("ketones", 0.0) > 0)),
        Result(a.BLOOD, _positive(bleeding)),
        Result(a.NITRITE, _positive(shifts.get("nitrite", 0.0) > 0)),
        Result(a.ESTERASE, _positive(infected)),
        Result(a.U_LEUKOCYTES, random.randint(18, 90) if infected else random.randint(0, 4)),
        Result(a.U_ERYTHROCYTES, random.randint(6, 30) if bleeding else random.randint(0, 2)),
    )


def culture(of: Sample) -> Results:
    """What grows in the urine."""
    infected = of.shifts.get("leukocyte_esterase", 0.0) > 0
    return (Result(a.URINE_CULTURE, a.ESCHERICHIA_COLI if infected else a.NO_GROWTH),)
