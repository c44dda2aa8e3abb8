"""Eye damage of type 2 diabetes.

https://diabetesjournals.org/care/issue/49/Supplement_1
"""

from mock_athena.population.conditions.module import Condition, Order
from mock_athena.population.conditions.onsets import after

CONDITION = Condition(
    key="diabetic-retinopathy",
    name="diabetic retinopathy",
    icd10="E11.319",
    snomed="4855003",
    onset=after("type-2-diabetes", 0.22, 4, 18),
    orders=(Order("referral", "eye-examination", every=12),),
    signs=("Mild diabetic retinopathy, followed by ophthalmology.",),
    advice=("Keep the appointments with the eye doctor.",),
)
