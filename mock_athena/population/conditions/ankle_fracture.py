"""Broken ankle (lateral malleolus), right or left: film, cast and a later look."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="ankle-fracture",
    name="fracture of the lateral malleolus",
    icd10="S82.61XA",
    snomed="42188001",
    rates=(Rate(12, 50, 0.0025), Rate(50, 120, 0.003)),
    sites=(("S82.61XA", "42188001", 50), ("S82.62XA", "42188001", 50)),
    lasts=(45, 80),
    kind="emergency",
    after_days=(0, 0),
    shifts=(("pain", 6.5), ("pulse", 10), ("systolic", 6), ("fracture", 1)),
    orders=(
        Order("study", "ankle-x-ray"),
        Order("operation", "cast-right-leg", only="S82.61XA"),
        Order("operation", "cast-left-leg", only="S82.62XA"),
        Order("referral", "orthopedics", share=0.8),
    ),
    remedies=(Remedy("ibuprofen-200", 0.5, 12, 65), Remedy("acetaminophen-500", 1, 12)),
    follow_up=42,
    follow_up_icd10="D",
    healing=("The film shows callus; the cast comes off, walks with a boot.",),
    signs=(
        "Fell and twisted the ankle; swelling over the lateral malleolus, cannot bear weight.",
        "A lower leg cast was put on.",
    ),
    advice=("No weight on the foot; crutches.", "Keep the leg raised."),
)
