"""Headache without alarm signs."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="headache",
    name="headache",
    icd10="R51.9",
    snomed="25064002",
    rates=(Rate(10, 18, 0.03), Rate(18, 65, 0.04), Rate(65, 120, 0.02)),
    lasts=(2, 10),
    after_days=(2, 8),
    shifts=(("pain", 4.0), ("systolic", 4)),
    orders=(Order("study", "head-ct", share=0.08, from_age=40),),
    remedies=(Remedy("ibuprofen-200", 0.5, 12, 65), Remedy("acetaminophen-500", 0.7, 12)),
    signs=("Pressing headache on both sides, worse in the evening; neurological examination normal.",),
    advice=("Regular sleep and breaks from the screen.", "Come back for a sudden, worst-ever headache."),
)
