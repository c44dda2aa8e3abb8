"""Asthma: begins in childhood more often than not; reliever for all, inhaled steroid for most.

https://ginasthma.org/reports/
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


def _onset(who: Prospect, random: Random) -> float | None:  # noqa: ARG001 - an onset
    """Two in three wheeze before school, the others at any age up to forty."""
    struck, early = random.random() < 0.12, random.random() < 0.65
    young, later = random.triangular(0.8, 8, 3), random.triangular(6, 40, 14)
    return (young if early else later) if struck else None


CONDITION = Condition(
    key="asthma",
    name="asthma",
    icd10="J45.909",
    snomed="195967001",
    onset=_onset,
    severities=(("mild", 6), ("moderate", 3), ("severe", 1)),
    influences=(Influence("fev1", untreated=-18, treated=-7), Influence("saturation", untreated=-1, treated=0)),
    treatment=(
        Step("albuterol-inhaler", from_age=5),
        Step("albuterol-nebulizer", to_age=5),
        Step("fluticasone-inhaler", share=0.6, from_age=5, effect=("fev1", 2)),
        Step("montelukast-10", below=("fev1", 88), share=0.5, from_age=15, effect=("fev1", 2)),
        Step("fluticasone-salmeterol", below=("fev1", 85), share=0.6, from_age=12, replaces=("fluticasone-inhaler",)),
    ),
    follow_up=8,
    orders=(Order("study", "spirometry", every=18, from_age=6),),
    plan=Outline(
        "Asthma Action Plan",
        "Knowing the triggers and when to use which inhaler",
        (Target("No night-time symptoms in a month"),),
        (
            Task("Review symptoms and inhalation technique", 1, 6, "mo", "Technique correct"),
            Task("Use the inhaled steroid", 2, 1, "d"),
        ),
    ),
    admissions=(
        Admission(
            icd10="J45.901",
            snomed="195967001",
            yearly=0.02,
            days=(1, 3),
            remedies=(Remedy("albuterol-nebulizer"), Remedy("prednisone-20", from_age=12)),
            discharge=(Remedy("prednisone-20", from_age=12),),
            orders=(
                Order("study", "chest-x-ray"),
                Order("panel", "blood-count"),
                Order("operation", "nebulizer-treatment"),
            ),
            shifts=(("breaths", 10), ("pulse", 24), ("saturation", -6)),
            deadly=0.001,
            summary=("Wheezing that did not answer to the reliever; no wheeze at discharge after nebulizers.",),
        ),
    ),
    signs=("Asthma, no wheeze today.",),
    advice=("Carry the reliever; rinse the mouth after the steroid.",),
)
