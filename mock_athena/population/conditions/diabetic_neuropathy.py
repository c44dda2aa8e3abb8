"""Nerve damage of type 2 diabetes: burning feet.

https://diabetesjournals.org/care/issue/49/Supplement_1
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import after

CONDITION = Condition(
    key="diabetic-neuropathy",
    name="diabetic polyneuropathy",
    icd10="E11.42",
    snomed="230572002",
    onset=after("type-2-diabetes", 0.25, 3, 16),
    influences=(Influence("pain", untreated=3, treated=1.5),),
    treatment=(Step("gabapentin-300", share=0.7, effect=("pain", -0.5)),),
    orders=(Order("operation", "foot-examination", every=6),),
    signs=("Burning of both feet at night, reduced monofilament sensation.",),
    advice=("Look at the feet every day; well-fitting shoes.",),
)
