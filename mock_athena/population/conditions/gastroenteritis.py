"""Vomiting and diarrhoea for some days."""

from mock_athena.population.conditions.module import Illness, Order, Rate

ILLNESS = Illness(
    key="gastroenteritis",
    name="gastroenteritis",
    icd10="A09",
    snomed="25374005",
    rates=(Rate(0.5, 5, 0.16), Rate(5, 18, 0.07), Rate(18, 65, 0.04), Rate(65, 120, 0.03)),
    lasts=(2, 6),
    after_days=(1, 2),
    shifts=(("temperature", 1.0), ("pulse", 12), ("systolic", -5), ("potassium", -0.2), ("pain", 2.0)),
    orders=(Order("panel", "metabolic", share=0.35, from_age=18),),
    signs=("Vomiting and watery stools for two days, abdomen soft, mucous membranes moist.",),
    advice=("Small sips of oral rehydration solution.", "Come back for blood in the stool or no urine for 8 hours."),
)
