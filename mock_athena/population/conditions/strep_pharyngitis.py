"""Streptococcal sore throat, mostly of school children: a positive rapid test and ten days of penicillin.

https://www.cdc.gov/group-a-strep/hcp/clinical-guidance/strep-throat.html
"""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="strep-pharyngitis",
    name="streptococcal pharyngitis",
    icd10="J02.0",
    snomed="43878008",
    rates=(Rate(3, 5, 0.06), Rate(5, 15, 0.12), Rate(15, 45, 0.02)),
    months=(1, 2, 3, 4, 5, 10, 11, 12),
    lasts=(4, 8),
    shifts=(("temperature", 2.6), ("pulse", 14), ("pain", 5.0), ("leukocytes", 4.0), ("strep", 1)),
    orders=(Order("panel", "strep-antigen"),),
    remedies=(
        Remedy("amoxicillin-suspension", 1, 0, 11),
        Remedy("penicillin-v-500", 0.5, 11),
        Remedy("amoxicillin-500", 1, 11),
        Remedy("azithromycin-250", 1, 12),
    ),
    second=(Remedy("ibuprofen-suspension", 0.5, 2, 12), Remedy("ibuprofen-200", 0.4, 12)),
    signs=("Sore throat with fever, tonsillar exudate and tender neck nodes; the rapid test is positive.",),
    advice=("Finish all of the antibiotic.", "Back to school 24 hours after the first dose."),
)
