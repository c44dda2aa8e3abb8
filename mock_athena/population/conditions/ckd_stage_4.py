"""Chronic kidney disease, stage 4: some of those with stage 3, years later.

https://kdigo.org/guidelines/ckd-evaluation-and-management/
"""

from mock_athena.population.conditions.module import Bound, Condition, Influence, Order
from mock_athena.population.conditions.onsets import after

CONDITION = Condition(
    key="ckd-stage-4",
    name="chronic kidney disease, stage 4",
    icd10="N18.4",
    snomed="431857002",
    onset=after("ckd-stage-3", 0.2, 4, 12),
    replaces="ckd-stage-3",
    influences=(
        Influence("egfr", untreated=-20, treated=-18, years=1),
        Influence("hemoglobin", untreated=-0.9, treated=-0.6, years=2),
        Influence("potassium", untreated=0.4, treated=0.3),
    ),
    bounds=(Bound("egfr", 17, 27),),
    orders=(Order("referral", "nephrology", every=12), Order("panel", "comprehensive", every=4)),
    signs=("Chronic kidney disease, stage 4; dialysis options discussed.",),
    advice=("Kidney specialist twice a year.",),
    deadly=0.02,
)
