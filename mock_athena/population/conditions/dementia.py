"""Alzheimer disease of old age.

https://www.alz.org/professionals
"""

from mock_athena.population.conditions.module import Condition, Order, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="dementia",
    name="Alzheimer disease",
    icd10="G30.9",
    snomed="26929004",
    onset=between(0.16, 70, 82, 96),
    treatment=(Step("donepezil-10", share=0.6),),
    follow_up=6,
    orders=(Order("referral", "social-work", every=18, share=0.5),),
    signs=("Forgets appointments; recognizes the family.",),
    advice=("A daily routine; no more driving.",),
    deadly=0.03,
)
