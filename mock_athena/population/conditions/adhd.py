"""Attention deficit hyperactivity disorder of school age.

https://www.aap.org/en/patient-care/attention-deficit-hyperactivity-disorder-adhd/
"""

from mock_athena.population.conditions.module import Condition, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="adhd",
    name="attention deficit hyperactivity disorder",
    icd10="F90.9",
    snomed="406506008",
    onset=between(0.08, 5, 8, 14, lambda who: 1.4 if who.person.gender == "male" else 0.7),
    resolves=(2900, 5800),
    treatment=(Step("methylphenidate-20", share=0.75, from_age=6, to_age=26),),
    follow_up=6,
    signs=("Concentration at school better on medication; appetite good.",),
    advice=("Medication on school days; regular bedtime.",),
)
