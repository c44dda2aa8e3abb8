"""Migraine: triptans for the attack, a daily medicine for those with many.

https://americanheadachesociety.org/
"""

from mock_athena.population.conditions.module import Condition, Step
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="migraine",
    name="migraine",
    icd10="G43.909",
    snomed="37796009",
    onset=between(0.12, 10, 22, 45, lambda who: 1.6 if who.person.gender == "female" else 0.6),
    # Attacks cease with age.
    resolves=(4000, 13000),
    treatment=(
        Step("sumatriptan-50", share=0.7, from_age=18, never_with=("coronary-disease",)),
        Step("propranolol-40", share=0.35, from_age=18, never_with=("asthma", "copd")),
    ),
    follow_up=12,
    signs=("Two to four migraine attacks a month with nausea.",),
    advice=("Keep a headache diary.",),
)
