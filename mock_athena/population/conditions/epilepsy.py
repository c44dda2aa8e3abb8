"""Epilepsy: begins in childhood or after sixty; most are free of seizures with one medicine.

https://www.aan.com/Guidelines/home/ByTopic?topicId=23
"""

from random import Random

from mock_athena.population.conditions.module import (
    Admission,
    Condition,
    Order,
    Outline,
    Prospect,
    Remedy,
    Step,
    Target,
    Task,
)


def _onset(who: Prospect, random: Random) -> float | None:  # noqa: ARG001 - an onset
    struck, late = random.random(), random.random() < 0.35
    young, old = random.triangular(2, 40, 8), random.triangular(55, 88, 72)
    return (old if late else young) if struck < 0.018 else None


CONDITION = Condition(
    key="epilepsy",
    name="epilepsy",
    icd10="G40.909",
    onset=_onset,
    treatment=(Step("levetiracetam-500", share=0.9, from_age=6),),
    follow_up=6,
    orders=(Order("panel", "metabolic", every=12),),
    plan=Outline(
        "Seizure Action Plan",
        "Regular medicine, enough sleep, and what to do when a seizure comes",
        (Target("No seizure in three months"),),
        (
            Task("Take the medicine at the same hours", 2, 1, "d", "No dose missed"),
            Task("Seizure diary", 1, 1, "wk"),
        ),
    ),
    admissions=(
        Admission(
            icd10="G40.909",
            snomed="",
            yearly=0.04,
            days=(1, 3),
            discharge=(Remedy("levetiracetam-500", 1, 6),),
            orders=(Order("study", "head-ct"), Order("panel", "metabolic"), Order("panel", "blood-count")),
            shifts=(("pulse", 18), ("leukocytes", 2)),
            deadly=0.005,
            summary=("A seizure of three minutes that ended by itself; none since, awake and oriented at discharge.",),
        ),
    ),
    signs=("Epilepsy; seizures, sleep and missed doses talked over.",),
    advice=("No driving after a seizure until it is allowed again; not alone in the bathtub.",),
    deadly=0.002,
)
