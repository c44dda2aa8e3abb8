"""Bladder infection of women: dipstick, culture, a short course: https://academic.oup.com/cid/article/52/5/e103/388285."""

from mock_athena.population.conditions.module import Illness, Order, Prospect, Rate, Remedy


def _sugar(who: Prospect) -> float:
    return 1.5 if who.has("type-2-diabetes") else 1.0


ILLNESS = Illness(
    key="urinary-tract-infection",
    name="urinary tract infection",
    icd10="N39.0",
    snomed="68566005",
    rates=(Rate(4, 16, 0.02), Rate(16, 65, 0.09), Rate(65, 120, 0.14)),
    sex="female",
    factor=_sugar,
    lasts=(4, 8),
    after_days=(1, 3),
    shifts=(("temperature", 0.6), ("pulse", 4), ("pain", 3.0), ("leukocyte_esterase", 1), ("nitrite", 1)),
    orders=(Order("panel", "urinalysis"), Order("panel", "urine-culture", share=0.75)),
    remedies=(
        Remedy("nitrofurantoin-100", 0.6, 12, 65),
        Remedy("trimethoprim-sulfamethoxazole", 0.7, 12),
        Remedy("cephalexin-500", 1, 12),
        Remedy("amoxicillin-suspension", 1, 0, 12),
    ),
    signs=("Burning and frequent urination, tender above the pubis, no flank pain; the dipstick is positive.",),
    advice=("Drink plenty.", "Come back for fever or pain in the back."),
)
