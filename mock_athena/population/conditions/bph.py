"""Enlarged prostate of older men.

https://www.auanet.org/guidelines-and-quality/guidelines/benign-prostatic-hyperplasia-(bph)-guideline
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="bph",
    name="benign prostatic hyperplasia",
    icd10="N40.1",
    snomed="266569009",
    onset=between(0.42, 48, 64, 84, sex="male"),
    influences=(Influence("psa", untreated=1.6, treated=1.4, years=4),),
    treatment=(Step("tamsulosin-04", share=0.7),),
    orders=(Order("panel", "psa", every=24, share=0.6, to_age=74),),
    signs=("Gets up twice a night.",),
    advice=("Less to drink in the evening.",),
)
