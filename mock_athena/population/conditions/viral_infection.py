"""Fever of a small child without a focus: watch and wait."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="viral-infection",
    name="viral infection",
    icd10="B34.9",
    snomed="34014006",
    rates=(Rate(0.3, 5, 0.35), Rate(5, 18, 0.1), Rate(18, 120, 0.03)),
    lasts=(3, 8),
    after_days=(1, 2),
    shifts=(("temperature", 2.4), ("pulse", 14)),
    orders=(
        Order("panel", "influenza-covid-antigen", share=0.3),
        Order("panel", "urinalysis", share=0.15, to_age=4),
    ),
    remedies=(Remedy("ibuprofen-suspension", 0.5, 2, 12), Remedy("acetaminophen-500", 0.4, 12)),
    signs=("Fever for two days without a focus, alert and well hydrated.",),
    advice=("Fluids and rest.", "Come back if fever lasts more than three days."),
)
