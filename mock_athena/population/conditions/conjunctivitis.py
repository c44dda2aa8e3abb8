"""Red eye, mostly of children, mostly from a virus."""

from mock_athena.population.conditions.module import Illness, Rate

ILLNESS = Illness(
    key="conjunctivitis",
    name="conjunctivitis",
    icd10="H10.33",
    snomed="9826008",
    rates=(Rate(0.2, 8, 0.13), Rate(8, 18, 0.03), Rate(18, 120, 0.012)),
    lasts=(4, 9),
    after_days=(1, 2),
    shifts=(("temperature", 0.3),),
    signs=("Both eyes red with a sticky discharge, sight and pupils normal.",),
    advice=("Warm compresses; wash hands often.", "Come back for pain or blurred sight."),
)
