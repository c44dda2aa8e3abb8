"""Atrial fibrillation: an anticoagulant, and something that slows the pulse.

https://www.ahajournals.org/doi/10.1161/CIR.0000000000001193
"""

from random import Random

from mock_athena.population.conditions.module import Admission, Condition, Influence, Order, Prospect, Step


def _onset(who: Prospect, random: Random) -> float | None:
    struck, age = random.random(), random.triangular(58, 92, 75)
    chance = 0.09 + 0.06 * who.has("hypertension") + 0.12 * who.has("heart-failure")
    return age if struck < chance else None


CONDITION = Condition(
    key="atrial-fibrillation",
    name="atrial fibrillation",
    icd10="I48.91",
    snomed="49436004",
    onset=_onset,
    influences=(Influence("pulse", untreated=24, treated=4),),
    treatment=(
        Step("apixaban-5", share=0.85),
        Step("metoprolol-succinate-50", share=0.8, never_with=("asthma",)),
    ),
    follow_up=6,
    orders=(
        Order("study", "ecg", every=6),
        Order("panel", "blood-count", every=12),
        Order("panel", "metabolic", every=12),
        Order("referral", "cardiology", every=12, share=0.6),
    ),
    admissions=(
        Admission(
            icd10="I63.9",
            snomed="230690007",
            yearly=0.012,
            once=True,
            days=(4, 9),
            orders=(
                Order("study", "head-ct"),
                Order("panel", "metabolic"),
                Order("panel", "inr"),
                Order("study", "ecg"),
            ),
            shifts=(("systolic", 28), ("diastolic", 12)),
            dispositions=(("rehab", 3), ("home", 3), ("snf", 2)),
            deadly=0.1,
            summary=("Sudden weakness of the right arm and face; speech back to normal within two days.",),
        ),
    ),
    signs=("Irregular pulse, rate controlled.",),
    advice=("Do not miss a dose of the blood thinner.",),
    deadly=0.01,
)
