"""Breast cancer: found, treated elsewhere, then followed by yearly mammograms.

https://www.cancer.org/cancer/types/breast-cancer.html
"""

from mock_athena.population.conditions.module import Condition, Order
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="breast-cancer",
    name="breast cancer",
    icd10="C50.919",
    snomed="254837009",
    onset=between(0.07, 38, 60, 84, sex="female"),
    resolves=(300, 900),
    follow_up=6,
    orders=(Order("study", "mammogram", every=12), Order("panel", "blood-count", every=6)),
    signs=("Breast cancer under the care of oncology; no new lump.",),
    advice=("Yearly mammogram.",),
    deadly=0.01,
)
