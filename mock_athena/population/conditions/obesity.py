"""Obesity: a body mass index of 30 or more, from young adulthood on.

https://www.cdc.gov/bmi/adult-calculator/bmi-categories.html
"""

from random import Random

from mock_athena.population.conditions.module import Condition, Order, Prospect


def _onset(who: Prospect, random: Random) -> float | None:
    age = random.triangular(16, 45, 27)
    return age if who.body.bmi >= 30 else None


CONDITION = Condition(
    key="obesity",
    name="obesity",
    icd10="E66.9",
    snomed="414916001",
    onset=_onset,
    orders=(Order("referral", "nutrition", every=36, share=0.35),),
    signs=("Obesity; weight and waist discussed.",),
    advice=("Smaller portions, sugary drinks replaced by water, 150 minutes of activity a week.",),
)
