"""Prediabetes: an A1c between 5.7 and 6.4 percent, found at check-ups.

https://diabetesjournals.org/care/issue/49/Supplement_1
"""

from random import Random

from mock_athena.population.conditions.module import Condition, Influence, Order, Prospect


def _onset(who: Prospect, random: Random) -> float | None:
    struck = random.random() < 0.14 + 0.01 * max(0.0, who.body.bmi - 26)
    age = random.triangular(30, 75, 50)
    return age if struck and not who.has("type-2-diabetes") else None


CONDITION = Condition(
    key="prediabetes",
    name="prediabetes",
    icd10="R73.03",
    onset=_onset,
    influences=(Influence("a1c", untreated=0.7, treated=0.5, years=2),),
    orders=(Order("panel", "a1c", every=12), Order("referral", "nutrition", every=60, share=0.4)),
    signs=("Prediabetes.",),
    advice=("Daily walks and less sugar lower the risk of diabetes.",),
)
