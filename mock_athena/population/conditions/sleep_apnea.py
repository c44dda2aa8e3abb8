"""Obstructive sleep apnoea: heavy snorers.

https://aasm.org/
"""

from mock_athena.population.conditions.module import Condition, Influence
from mock_athena.population.conditions.onsets import between, heavy

CONDITION = Condition(
    key="sleep-apnea",
    name="obstructive sleep apnea",
    icd10="G47.33",
    snomed="78275009",
    onset=between(0.08, 30, 50, 75, lambda who: heavy(who) ** 2 * (1.3 if who.person.gender == "male" else 0.8)),
    influences=(Influence("systolic", untreated=4, treated=2),),
    signs=("Uses the CPAP device on most nights.",),
    advice=("CPAP every night; less weight helps.",),
)
