"""Living alone, seeing few people: a concern in old age.

https://prapare.org/
"""

from mock_athena.population.conditions.module import Condition, Order
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="social-isolation",
    name="problems related to living alone",
    icd10="Z60.2",
    onset=between(0.12, 68, 78, 92),
    orders=(Order("referral", "social-work", every=24, share=0.4),),
    concern=True,
    signs=("Lives alone, sees the family once a month.",),
    advice=("Senior center lunches suggested.",),
)
