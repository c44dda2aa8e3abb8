"""Osteoporosis of later life, found by a bone density test.

https://www.bonehealthandosteoporosis.org/
"""

from mock_athena.population.conditions.module import Condition, Order
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="osteoporosis",
    name="osteoporosis",
    icd10="M81.0",
    snomed="64859006",
    onset=between(0.2, 58, 70, 90, lambda who: 1.6 if who.person.gender == "female" else 0.3),
    orders=(Order("study", "bone-density", every=24),),
    signs=("Osteoporosis, no fracture since the last visit.",),
    advice=("Enough calcium; walk every day; mind loose rugs.",),
)
