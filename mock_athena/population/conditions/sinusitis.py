"""Acute sinusitis; an antibiotic only for some: https://www.cdc.gov/sinus-infection/hcp/clinical-care/index.html."""

from mock_athena.population.conditions.module import Illness, Prospect, Rate, Remedy


def _allergic(who: Prospect) -> float:
    return 2.0 if who.has("allergic-rhinitis") else 1.0


ILLNESS = Illness(
    key="sinusitis",
    name="acute sinusitis",
    icd10="J01.90",
    snomed="15805002",
    rates=(Rate(6, 18, 0.03), Rate(18, 65, 0.07), Rate(65, 120, 0.04)),
    months=(1, 2, 3, 4, 5, 9, 10, 11, 12),
    factor=_allergic,
    lasts=(8, 16),
    after_days=(5, 10),
    shifts=(("temperature", 0.7), ("pain", 3.0)),
    remedies=(
        Remedy("amoxicillin-suspension", 0.6, 6, 12),
        Remedy("amoxicillin-clavulanate-875", 0.6, 12),
        Remedy("doxycycline-100", 0.5, 18),
    ),
    second=(Remedy("ibuprofen-200", 0.3, 12),),
    signs=("Facial pressure and purulent nasal discharge for more than a week, tender over the maxillary sinus.",),
    advice=("Saline rinses twice a day.", "Come back for swelling about the eye or a stiff neck."),
)
