"""Generalised anxiety: medication for some, the GAD-7 followed.

https://www.uspreventiveservicestaskforce.org/uspstf/recommendation/anxiety-adults-screening
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="anxiety",
    name="generalized anxiety disorder",
    icd10="F41.1",
    snomed="197480006",
    onset=between(0.14, 12, 26, 60, lambda who: 1.6 if who.has("depression") else 0.9),
    influences=(Influence("gad7", untreated=10, treated=5, years=0.3),),
    treatment=(
        Step("escitalopram-10", share=0.5, from_age=16, effect=("gad7", -1)),
        Step("buspirone-10", above=("gad7", 8), share=0.5, from_age=18, effect=("gad7", -1)),
    ),
    follow_up=6,
    orders=(Order("screening", "gad-7", every=6), Order("referral", "mental-health", every=30, share=0.5)),
    signs=("Worries on most days, sleeps less well.",),
    advice=("Slow breathing twice a day; less caffeine.",),
)
