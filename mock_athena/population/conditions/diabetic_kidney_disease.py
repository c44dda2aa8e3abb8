"""Kidney damage of type 2 diabetes: albumin in the urine, a falling filtration rate.

https://kdigo.org/guidelines/diabetes-ckd/
"""

from mock_athena.population.conditions.module import Bound, Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import after

CONDITION = Condition(
    key="diabetic-kidney-disease",
    name="diabetic kidney disease",
    icd10="E11.22",
    snomed="127013003",
    onset=after("type-2-diabetes", 0.3, 4, 18),
    influences=(
        Influence("albuminuria", untreated=140, treated=70, years=3),
        Influence("egfr", untreated=-18, treated=-12, years=6),
    ),
    # Below 60 it would have a stage: see ``ckd_stage_3``.
    bounds=(Bound("egfr", 65, 125),),
    treatment=(Step("losartan-50", share=0.85, effect=("albuminuria", -15)),),
    orders=(Order("panel", "urine-albumin", every=6), Order("referral", "nephrology", every=24, share=0.5)),
    signs=("Diabetic kidney disease, albuminuria followed.",),
    advice=("Avoid ibuprofen and naproxen.",),
)
