"""Trouble sleeping for months.

https://aasm.org/
"""

from mock_athena.population.conditions.module import Condition, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="insomnia",
    name="insomnia",
    icd10="G47.00",
    snomed="193462001",
    onset=between(0.1, 22, 48, 80, lambda who: 1.7 if who.has("depression") or who.has("anxiety") else 0.8),
    resolves=(400, 3000),
    treatment=(Step("trazodone-50", share=0.4, from_age=18),),
    signs=("Needs an hour to fall asleep.",),
    advice=("Same hours every day; no screens in bed.",),
)
