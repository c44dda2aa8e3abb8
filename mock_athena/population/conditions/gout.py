"""Gout: attacks of the big toe, uric acid kept low between them.

https://rheumatology.org/gout-guideline
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import between, heavy

CONDITION = Condition(
    key="gout",
    name="gout",
    icd10="M10.9",
    snomed="90560007",
    onset=between(0.06, 35, 55, 80, lambda who: heavy(who) * (1.5 if who.person.gender == "male" else 0.5)),
    influences=(Influence("uric_acid", untreated=3.2, treated=0.6),),
    treatment=(
        Step("naproxen-500", share=0.4, to_age=70, never_with=("ckd-stage-3", "heart-failure")),
        Step("allopurinol-100", share=0.8),
    ),
    orders=(Order("panel", "uric-acid", every=12),),
    signs=("No attack of gout since the last visit.",),
    advice=("Less beer and organ meat.",),
)
