"""Sprained ankle, right or left; a film where the bones are tender: https://www.ottawarules.ca/."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="ankle-sprain",
    name="ankle sprain",
    icd10="S93.401A",
    snomed="44465007",
    rates=(Rate(8, 14, 0.02), Rate(14, 40, 0.022), Rate(40, 75, 0.008)),
    sites=(("S93.401A", "44465007", 52), ("S93.402A", "44465007", 48)),
    lasts=(14, 42),
    after_days=(0, 2),
    shifts=(("pain", 5.0), ("pulse", 4)),
    orders=(Order("study", "ankle-x-ray", share=0.5), Order("referral", "physical-therapy", share=0.2)),
    remedies=(Remedy("ibuprofen-200", 0.7, 12), Remedy("acetaminophen-500", 0.6, 12)),
    signs=("Turned the ankle inward; swelling below the lateral malleolus, bears weight with pain.",),
    advice=("Rest, ice, compression and elevation.", "Brace for sports for six weeks."),
)
