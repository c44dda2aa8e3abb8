"""Contact dermatitis: an itchy rash from a plant, metal or soap."""

from mock_athena.population.conditions.module import Illness, Order, Prospect, Rate, Remedy


def _atopic(who: Prospect) -> float:
    return 2.0 if who.has("eczema") else 1.0


ILLNESS = Illness(
    key="dermatitis",
    name="contact dermatitis",
    icd10="L25.9",
    snomed="40275004",
    rates=(Rate(1, 18, 0.05), Rate(18, 120, 0.035)),
    factor=_atopic,
    lasts=(7, 20),
    after_days=(2, 6),
    orders=(Order("referral", "dermatology", share=0.06),),
    remedies=(Remedy("hydrocortisone-cream", 0.9, 2), Remedy("prednisone-20", 0.5, 18)),
    second=(Remedy("cetirizine-10", 0.3, 12),),
    signs=("Itchy red patches with small vesicles on the forearms, no sign of infection.",),
    advice=("Avoid what set it off; mild soap.",),
)
