"""Community-acquired pneumonia: a film, antibiotics, and the hospital for many of the aged.

https://www.atsjournals.org/doi/10.1164/rccm.201908-1581ST
"""

from mock_athena.population.conditions.module import Admission, Illness, Order, Prospect, Rate, Remedy


def _frail(who: Prospect) -> float:
    return (2.5 if who.has("copd") else 1.0) * (1.6 if who.has("heart-failure") else 1.0)


ILLNESS = Illness(
    key="pneumonia",
    name="pneumonia",
    icd10="J18.9",
    snomed="233604007",
    rates=(Rate(1, 6, 0.015), Rate(6, 50, 0.005), Rate(50, 70, 0.012), Rate(70, 120, 0.025)),
    months=(1, 2, 3, 4, 10, 11, 12),
    factor=_frail,
    lasts=(14, 28),
    after_days=(3, 6),
    shifts=(
        ("temperature", 2.8),
        ("pulse", 18),
        ("breaths", 6.0),
        ("saturation", -3.0),
        ("leukocytes", 6.0),
        ("crp", 80.0),
        ("infiltrate", 1),
    ),
    orders=(
        Order("study", "chest-x-ray"),
        Order("panel", "blood-count-differential", share=0.6),
        Order("panel", "crp", share=0.3),
    ),
    remedies=(
        Remedy("amoxicillin-suspension", 1, 0, 12),
        Remedy("amoxicillin-clavulanate-875", 0.6, 12),
        Remedy("doxycycline-100", 1, 12),
    ),
    second=(Remedy("ibuprofen-suspension", 0.4, 2, 12), Remedy("acetaminophen-500", 0.4, 12)),
    follow_up=21,
    admitted=0.35,
    admission=Admission(
        icd10="J18.9",
        snomed="233604007",
        yearly=0,
        days=(3, 6),
        remedies=(Remedy("ceftriaxone-injection"), Remedy("azithromycin-250"), Remedy("enoxaparin-injection", 0.7, 40)),
        discharge=(Remedy("amoxicillin-clavulanate-875", 0.8, 12),),
        orders=(
            Order("study", "chest-x-ray"),
            Order("panel", "blood-count-differential"),
            Order("panel", "comprehensive"),
            Order("panel", "crp"),
            Order("panel", "influenza-covid-antigen", share=0.6),
        ),
        shifts=(
            ("temperature", 3.4),
            ("pulse", 26),
            ("breaths", 9),
            ("saturation", -8),
            ("leukocytes", 8.5),
            ("crp", 140),
            ("systolic", -10),
            ("infiltrate", 1),
        ),
        dispositions=(("home", 8), ("snf", 1)),
        deadly=0.025,
        summary=(
            "Admitted with pneumonia and low oxygen saturation; antibiotics and oxygen, on room air at discharge.",
        ),
    ),
    follow_up_icd10="Z09",
    healing=("No fever for two weeks; the lungs are clear.",),
    signs=("Fever and productive cough, crackles over the right base; the film shows an infiltrate.",),
    advice=("Finish the antibiotic.", "Come back at once for shortness of breath."),
)
