"""Anaemia for want of iron: women who menstruate most of all; gone after some months of iron.

https://www.hematology.org/education/patients/anemia/iron-deficiency
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="iron-deficiency-anemia",
    name="iron deficiency anemia",
    icd10="D50.9",
    snomed="87522002",
    onset=between(0.08, 12, 33, 80, lambda who: 1.7 if who.person.gender == "female" else 0.4),
    resolves=(300, 1500),
    influences=(
        Influence("hemoglobin", untreated=-2.6, treated=-0.8, years=0.6),
        Influence("mcv", untreated=-11, treated=-4, years=0.6),
        Influence("ferritin", untreated=-55, treated=-35, years=0.5),
    ),
    treatment=(Step("ferrous-sulfate-325"),),
    follow_up=6,
    orders=(Order("panel", "blood-count", every=6), Order("panel", "iron", every=12)),
    signs=("Tired; pale conjunctivae.",),
    advice=("Iron with vitamin C, not with tea or coffee.",),
)
