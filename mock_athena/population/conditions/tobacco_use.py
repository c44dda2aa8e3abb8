"""Smoking as a problem of the list, from the years in which somebody smokes.

https://www.cdc.gov/tobacco/data_statistics/fact_sheets/adult_data/cig_smoking/index.htm
"""

from random import Random

from mock_athena.population.conditions.module import Condition, Prospect


def _onset(who: Prospect, random: Random) -> float | None:
    begun = who.body.smoking_from
    later = random.uniform(2, 8)
    return begun + later if begun is not None and who.body.smoking_until is None else None


CONDITION = Condition(
    key="tobacco-use",
    name="nicotine dependence, cigarettes",
    icd10="F17.210",
    snomed="110483000",
    onset=_onset,
    signs=("Smokes cigarettes.",),
    advice=("Advised to stop smoking; help offered.",),
)
