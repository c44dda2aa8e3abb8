"""Not always enough to eat: a social need, found by two questions and answered by social work.

https://childrenshealthwatch.org/public-policy/hunger-vital-sign/
"""

from mock_athena.population.conditions.module import Condition, Order
from mock_athena.population.conditions.onsets import between, poor

CONDITION = Condition(
    key="food-insecurity",
    name="food insecurity",
    icd10="Z59.41",
    onset=between(0.09, 0.5, 25, 75, poor),
    resolves=(300, 2500),
    orders=(Order("screening", "hunger-vital-sign", every=12), Order("referral", "social-work", every=18, share=0.7)),
    concern=True,
    signs=("Food did not always last until the end of the month.",),
    advice=("Address of the food pantry given.",),
)
