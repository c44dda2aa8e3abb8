"""Reflux: a proton pump inhibitor, for some with pauses.

https://gi.org/topics/acid-reflux/
"""

from mock_athena.population.conditions.module import Condition, Step
from mock_athena.population.conditions.onsets import between, heavy

CONDITION = Condition(
    key="gerd",
    name="gastroesophageal reflux disease",
    icd10="K21.9",
    snomed="235595009",
    onset=between(0.17, 20, 45, 78, heavy),
    treatment=(Step("omeprazole-20", share=0.75, choice="acid"), Step("famotidine-20", share=0.6, choice="acid")),
    signs=("Heartburn after large meals, none on the medicine.",),
    advice=("No late meals; raise the head of the bed.",),
)
