"""Ear infection of small children, right, left or both: https://doi.org/10.1542/peds.2012-3488."""

from mock_athena.population.conditions.module import Illness, Rate, Remedy

ILLNESS = Illness(
    key="otitis-media",
    name="otitis media",
    icd10="H66.90",
    snomed="65363002",
    rates=(Rate(0.4, 3, 0.5), Rate(3, 7, 0.18), Rate(7, 13, 0.04)),
    months=(1, 2, 3, 4, 5, 9, 10, 11, 12),
    sites=(("H66.91", "65363002", 45), ("H66.92", "65363002", 45), ("H66.93", "65363002", 10)),
    lasts=(6, 12),
    after_days=(1, 2),
    shifts=(("temperature", 2.2), ("pulse", 12), ("pain", 4.0)),
    remedies=(Remedy("amoxicillin-suspension", 0.9, 0, 12), Remedy("amoxicillin-500", 0.9, 12)),
    second=(Remedy("ibuprofen-suspension", 0.5, 2, 12),),
    follow_up=14,
    healing=("No pain; the eardrum is pale and moves again.",),
    signs=("Ear pain with a bulging, red eardrum that hardly moves.",),
    advice=("Finish the antibiotic.", "Come back if fever lasts more than two days."),
)
