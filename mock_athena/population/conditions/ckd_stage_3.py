"""Chronic kidney disease, stage 3: after years of high blood pressure or diabetes, or with age.

https://kdigo.org/guidelines/ckd-evaluation-and-management/
"""

from random import Random

from mock_athena.population.conditions.module import Bound, Condition, Influence, Order, Prospect


def _onset(who: Prospect, random: Random) -> float | None:
    struck, age = random.random(), random.triangular(58, 88, 72)
    chance = 0.08 + 0.08 * who.has("hypertension") + 0.12 * who.has("diabetic-kidney-disease")
    return age if struck < chance else None


CONDITION = Condition(
    key="ckd-stage-3",
    name="chronic kidney disease, stage 3",
    icd10="N18.30",
    snomed="433144002",
    onset=_onset,
    influences=(
        Influence("egfr", untreated=-30, treated=-26, years=2),
        Influence("hemoglobin", untreated=-0.6, treated=-0.5, years=4),
    ),
    bounds=(Bound("egfr", 33, 55),),
    follow_up=6,
    orders=(
        Order("panel", "comprehensive", every=6),
        Order("panel", "urine-albumin", every=12),
        Order("panel", "blood-count", every=12),
    ),
    signs=("Chronic kidney disease, stage 3; filtration rate stable.",),
    advice=("Drink enough; no ibuprofen or naproxen.",),
    deadly=0.006,
)
