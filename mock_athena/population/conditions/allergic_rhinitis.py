"""Hay fever.

https://www.aaaai.org/
"""

from mock_athena.population.conditions.module import Condition, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="allergic-rhinitis",
    name="allergic rhinitis",
    icd10="J30.9",
    snomed="61582004",
    onset=between(0.18, 4, 12, 35),
    treatment=(
        Step("cetirizine-10", share=0.45, from_age=6, choice="antihistamine"),
        Step("loratadine-10", share=0.45, from_age=6, choice="antihistamine"),
    ),
    signs=("Sneezing and itchy eyes in spring.",),
    advice=("Windows closed when pollen counts are high.",),
)
