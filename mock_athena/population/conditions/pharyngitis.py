"""Sore throat from a virus: the rapid test for streptococcus is negative."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="pharyngitis",
    name="acute pharyngitis",
    icd10="J02.9",
    snomed="363746003",
    rates=(Rate(2, 18, 0.1), Rate(18, 50, 0.05), Rate(50, 120, 0.02)),
    months=(1, 2, 3, 4, 10, 11, 12),
    lasts=(4, 9),
    shifts=(("temperature", 0.9), ("pulse", 5), ("pain", 3.0)),
    orders=(Order("panel", "strep-antigen", share=0.7),),
    remedies=(Remedy("ibuprofen-suspension", 0.4, 2, 12), Remedy("ibuprofen-200", 0.4, 12)),
    signs=("Sore throat with a red pharynx, no exudate, no swollen nodes.",),
    advice=("Salt-water gargles and fluids.", "An antibiotic would not help against a virus."),
)
