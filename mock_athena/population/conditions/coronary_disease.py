"""Coronary artery disease; some have a heart attack, with a stent.

https://www.ahajournals.org/doi/10.1161/CIR.0000000000001168
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
    struck, age = random.random(), random.triangular(50, 86, 66)
    risks = (who.has("type-2-diabetes"), who.has("hypertension"), who.has("hyperlipidemia"))
    chance = (
        (0.05 + 0.05 * sum(risks))
        * (1.5 if who.body.ever_smoked(age) else 1)
        * (1.3 if who.person.gender == "male" else 0.8)
    )
    return age if struck < chance else None


CONDITION = Condition(
    key="coronary-disease",
    name="coronary artery disease",
    icd10="I25.10",
    snomed="53741008",
    onset=_onset,
    influences=(Influence("ldl", untreated=0, treated=-18),),
    treatment=(
        Step("aspirin-81"),
        Step("atorvastatin-80", share=0.92, replaces=("atorvastatin-20", "atorvastatin-40"), effect=("ldl", -26)),
        Step("metoprolol-succinate-50", share=0.7, never_with=("asthma",)),
        Step("nitroglycerin-04", share=0.6),
    ),
    follow_up=6,
    orders=(
        Order("panel", "lipids", every=12),
        Order("study", "ecg", every=12),
        Order("study", "echocardiogram", every=36, share=0.6),
        Order("referral", "cardiology", every=12, share=0.7),
    ),
    plan=Outline(
        "Heart Care Plan",
        "Secondary prevention of coronary disease",
        (Target("LDL cholesterol below 70 mg/dL", ("18262-6", "<", 70, "mg/dL"), "ldl"),),
        (
            Task("Walk for 30 minutes", 5, 1, "wk", "Walks on most days"),
            Task("Cardiology visit", 1, 12, "mo", kind="Appointment"),
        ),
    ),
    admissions=(
        Admission(
            icd10="I21.4",
            snomed="401314000",
            yearly=0.03,
            once=True,
            days=(3, 6),
            remedies=(Remedy("heparin-injection"),),
            discharge=(Remedy("clopidogrel-75"),),
            orders=(
                Order("panel", "troponin"),
                Order("panel", "metabolic"),
                Order("panel", "blood-count"),
                Order("study", "ecg"),
                Order("study", "echocardiogram"),
                Order("operation", "coronary-stent"),
            ),
            shifts=(("troponin", 1), ("pain", 6), ("pulse", 16), ("systolic", 14)),
            dispositions=(("home", 4), ("rehab", 1)),
            deadly=0.05,
            summary=("Chest pain with a rise of troponin; a stent was placed and the pain has gone.",),
        ),
    ),
    signs=("Coronary artery disease without chest pain on exertion.",),
    advice=("Call 911 for chest pain that does not go in 5 minutes.",),
    deadly=0.012,
)
