"""Heart failure: weak pumping after coronary disease or decades of high pressure; now and then in hospital.

https://www.ahajournals.org/doi/10.1161/CIR.0000000000001063
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
    struck, age = random.random(), random.triangular(62, 92, 76)
    chance = 0.03 + 0.22 * who.has("coronary-disease") + 0.05 * who.has("hypertension")
    return age if struck < chance else None


CONDITION = Condition(
    key="heart-failure",
    name="chronic systolic heart failure",
    icd10="I50.22",
    snomed="84114007",
    onset=_onset,
    influences=(
        Influence("ejection_fraction", untreated=-26, treated=-20),
        Influence("bnp", untreated=1400, treated=700),
        Influence("saturation", untreated=-2, treated=-1),
    ),
    treatment=(
        Step(
            "carvedilol-625",
            share=0.95,
            replaces=("metoprolol-succinate-50", "propranolol-40"),
            never_with=("asthma", "copd"),
        ),
        Step("metoprolol-succinate-50", never_with=("asthma",)),
        Step("lisinopril-10", share=0.7, never_with=("ckd-stage-4",)),
        Step("furosemide-40"),
        Step("spironolactone-25", above=("bnp", 500), share=0.6, never_with=("ckd-stage-4",), effect=("bnp", -120)),
        Step("empagliflozin-10", above=("bnp", 500), share=0.5, effect=("bnp", -120)),
    ),
    follow_up=3,
    orders=(
        Order("panel", "nt-probnp", every=6),
        Order("panel", "metabolic", every=4),
        Order("study", "echocardiogram", every=18),
        Order("study", "ecg", every=12),
        Order("referral", "cardiology", every=6),
    ),
    plan=Outline(
        "Heart Failure Care Plan",
        "Daily weight, little salt and the right dose of water tablets",
        (
            Target("Weight steady within 2 kg"),
            Target("NT-proBNP below 1000 pg/mL", ("33762-6", "<", 1000, "pg/mL"), "bnp"),
        ),
        (
            Task("Weigh yourself in the morning", 1, 1, "d", "Weights written down"),
            Task("Call from the nurse", 1, 1, "mo"),
        ),
    ),
    admissions=(
        Admission(
            icd10="I50.23",
            snomed="42343007",
            yearly=0.22,
            days=(3, 7),
            remedies=(Remedy("furosemide-injection"),),
            orders=(
                Order("panel", "nt-probnp"),
                Order("panel", "metabolic"),
                Order("panel", "blood-count"),
                Order("panel", "troponin"),
                Order("study", "chest-x-ray"),
                Order("study", "ecg"),
            ),
            shifts=(("bnp", 3200), ("breaths", 8), ("pulse", 18), ("saturation", -6)),
            dispositions=(("home", 5), ("snf", 2), ("rehab", 1)),
            deadly=0.06,
            summary=("Shortness of breath and swollen legs; better after diuretics, 4 kg lighter at discharge.",),
        ),
    ),
    signs=("Heart failure, climbs one flight of stairs.",),
    advice=("Weigh daily; call if 2 kg heavier within 3 days.",),
    deadly=0.03,
)
