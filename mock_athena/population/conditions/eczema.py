"""Atopic dermatitis: mostly of small children, most grow out of it.

https://www.aad.org/public/diseases/eczema
"""

from mock_athena.population.conditions.module import Condition, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="eczema",
    name="atopic dermatitis",
    icd10="L20.9",
    snomed="24079001",
    onset=between(0.13, 0.3, 1, 6),
    resolves=(700, 4000),
    treatment=(Step("hydrocortisone-cream"),),
    signs=("Dry, itchy patches in the bends of the elbows.",),
    advice=("Moisturizer twice a day.",),
)
