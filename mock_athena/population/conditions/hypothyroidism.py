"""An underactive thyroid: levothyroxine, the TSH once or twice a year.

https://www.thyroid.org/thyroid-physicians-professionals/
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="hypothyroidism",
    name="hypothyroidism",
    icd10="E03.9",
    snomed="40930008",
    onset=between(0.06, 20, 50, 80, lambda who: 1.7 if who.person.gender == "female" else 0.4),
    influences=(Influence("tsh", untreated=9, treated=0.6, years=1), Influence("ldl", untreated=12, treated=2)),
    treatment=(Step("levothyroxine-75"),),
    follow_up=12,
    orders=(Order("panel", "thyroid", every=12),),
    signs=("Hypothyroidism, no tiredness or cold intolerance.",),
    advice=("Take levothyroxine on an empty stomach.",),
)
