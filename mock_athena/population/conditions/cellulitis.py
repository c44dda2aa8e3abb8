"""Skin infection of a leg, right or left: https://academic.oup.com/cid/article/59/2/e10/2895845."""

from mock_athena.population.conditions.module import Illness, Order, Prospect, Rate, Remedy


def _sugar(who: Prospect) -> float:
    return (1.8 if who.has("type-2-diabetes") else 1.0) * (1.5 if who.has("obesity") else 1.0)


ILLNESS = Illness(
    key="cellulitis",
    name="cellulitis of the leg",
    icd10="L03.115",
    snomed="128045006",
    rates=(Rate(5, 45, 0.004), Rate(45, 65, 0.012), Rate(65, 120, 0.018)),
    factor=_sugar,
    sites=(("L03.115", "128045006", 50), ("L03.116", "128045006", 50)),
    lasts=(8, 15),
    after_days=(2, 4),
    shifts=(("temperature", 1.2), ("pulse", 8), ("pain", 4.0), ("leukocytes", 3.5), ("crp", 35.0)),
    orders=(Order("panel", "blood-count-differential", share=0.4),),
    remedies=(
        Remedy("cephalexin-500", 1, 12),
        Remedy("doxycycline-100", 1, 12),
        Remedy("amoxicillin-suspension", 1, 0, 12),
    ),
    follow_up=5,
    healing=("Redness well within the marked border, no fever.",),
    signs=("Warm, red, tender skin over the shin with a mild swelling, no abscess.",),
    advice=("Raise the leg.", "The border is marked: come back if the redness goes beyond it."),
)
