"""Too little vitamin D, found by a blood test.

https://www.endocrine.org/clinical-practice-guidelines/vitamin-d-for-prevention-of-disease
"""

from mock_athena.population.conditions.module import Condition
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="vitamin-d-deficiency",
    name="vitamin D deficiency",
    icd10="E55.9",
    snomed="34713006",
    onset=between(0.11, 20, 50, 85),
    resolves=(200, 1200),
    signs=("Vitamin D was low.",),
    advice=("Vitamin D with a meal; time outdoors.",),
)
