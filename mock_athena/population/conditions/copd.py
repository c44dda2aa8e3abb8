"""Chronic obstructive lung disease: decades of smoking.

https://goldcopd.org/2025-gold-report/
"""

from random import Random

from mock_athena.population.conditions.module import (
    Admission,
    Condition,
    Influence,
    Order,
    Outline,
    Prospect,
    Remedy,
    Step,
    Target,
    Task,
)


def _onset(who: Prospect, random: Random) -> float | None:
    struck, age = random.random(), random.triangular(48, 82, 63)
    chance = min(0.6, 0.012 * who.body.pack_years(age))
    return age if struck < chance else None


CONDITION = Condition(
    key="copd",
    name="chronic obstructive pulmonary disease",
    icd10="J44.9",
    snomed="13645005",
    onset=_onset,
    influences=(
        Influence("fev1", untreated=-40, treated=-34, years=6),
        Influence("saturation", untreated=-4, treated=-3, years=4),
        Influence("breaths", untreated=3, treated=2, years=4),
    ),
    treatment=(
        Step("albuterol-inhaler"),
        Step("fluticasone-salmeterol", below=("fev1", 70), share=0.8, effect=("fev1", 2)),
    ),
    follow_up=5,
    orders=(
        Order("study", "spirometry", every=12),
        Order("study", "chest-x-ray", every=36, share=0.7),
        Order("referral", "pulmonary-rehabilitation", every=36, share=0.4),
    ),
    plan=Outline(
        "COPD Action Plan",
        "Fewer flare-ups, more breath for daily life",
        (Target("No stay in hospital for the lungs this year"),),
        (Task("Breathing exercises", 2, 1, "d", "Done on most days"), Task("Walk outdoors", 4, 1, "wk")),
    ),
    admissions=(
        Admission(
            icd10="J44.1",
            snomed="13645005",
            yearly=0.14,
            days=(3, 6),
            remedies=(Remedy("albuterol-nebulizer"), Remedy("prednisone-20")),
            discharge=(Remedy("prednisone-20"),),
            orders=(
                Order("study", "chest-x-ray"),
                Order("panel", "blood-count"),
                Order("panel", "metabolic"),
                Order("operation", "nebulizer-treatment"),
            ),
            shifts=(("breaths", 9), ("pulse", 18), ("saturation", -6), ("leukocytes", 3)),
            dispositions=(("home", 6), ("snf", 1)),
            deadly=0.04,
            summary=("More cough and shortness of breath; better after nebulizers, steroids and oxygen.",),
        ),
    ),
    signs=("Cough with white phlegm, breath sounds distant.",),
    advice=("Stop smoking; flu and pneumonia vaccines.",),
    deadly=0.015,
)
