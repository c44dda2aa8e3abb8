"""Worried about losing one's home: a social need.

https://prapare.org/
"""

from mock_athena.population.conditions.module import Condition, Order
from mock_athena.population.conditions.onsets import between, poor

CONDITION = Condition(
    key="housing-instability",
    name="housing instability",
    icd10="Z59.819",
    onset=between(0.05, 18, 35, 70, poor),
    resolves=(200, 1500),
    orders=(Order("referral", "social-work", every=12, share=0.7),),
    concern=True,
    signs=("Behind with the rent.",),
    advice=("Social worker helps with the application.",),
)
