"""Type 2 diabetes: begins in middle age, the heavier the earlier; treated in steps by the haemoglobin A1c.

Steps and targets follow the general shape of US practice (metformin first, A1c below 7 %, yearly eye and foot
examinations and urine albumin): https://diabetesjournals.org/care/issue/49/Supplement_1.
"""

from random import Random

from mock_athena.population.conditions.module import (
    Admission,
    Bound,
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

KEY = "type-2-diabetes"


def _onset(who: Prospect, random: Random) -> float | None:
    """Every body mass index point above 25 makes it likelier."""
    chance = 0.19 + 0.02 * max(0.0, who.body.bmi - 25)
    struck, age = random.random() < min(0.6, chance), random.triangular(32, 78, 52)
    return age if struck else None


CONDITION = Condition(
    key=KEY,
    name="type 2 diabetes",
    icd10="E11.9",
    snomed="44054006",
    onset=_onset,
    variants=(
        ("diabetic-kidney-disease", "E11.22", "44054006"),
        ("diabetic-neuropathy", "E11.42", "44054006"),
        ("diabetic-retinopathy", "E11.319", "44054006"),
    ),
    influences=(
        Influence("a1c", untreated=3.1, treated=2.0, years=3, spread=0.8),
        Influence("triglycerides", untreated=45, treated=20, years=2),
        Influence("hdl", untreated=-5, treated=-3, years=2),
    ),
    bounds=(Bound("a1c", 5.3, 12.8),),
    treatment=(
        Step("metformin-500", never_with=("ckd-stage-4",), effect=("a1c", -0.3)),
        Step("atorvastatin-20", share=0.75, from_age=40, to_age=76, effect=("ldl", -22)),
        Step("glipizide-5", only_with=("ckd-stage-4",), effect=("a1c", -0.5)),
        Step(
            "metformin-1000",
            above=("a1c", 7.3),
            raises="metformin-500",
            never_with=("ckd-stage-4",),
            effect=("a1c", -0.4),
        ),
        Step("empagliflozin-10", above=("a1c", 7.7), share=0.45, never_with=("ckd-stage-4",), effect=("a1c", -0.5)),
        Step("glipizide-5", above=("a1c", 8.0), share=0.5, effect=("a1c", -0.4)),
        Step("insulin-glargine", above=("a1c", 8.6), effect=("a1c", -0.6)),
        Step("liraglutide", above=("a1c", 8.8), share=0.6, to_age=80, effect=("a1c", -0.3)),
    ),
    follow_up=4,
    orders=(
        Order("panel", "a1c", every=4),
        Order("panel", "metabolic", every=12),
        Order("panel", "lipids", every=12),
        Order("panel", "urine-albumin", every=12),
        Order("operation", "foot-examination", every=12),
        Order("referral", "eye-examination", every=12, share=0.8),
    ),
    plan=Outline(
        "Diabetes Care Plan",
        "Blood glucose control, activity and screening for complications",
        (
            Target("Hemoglobin A1c below 7 percent", ("4548-4", "<", 7.0, "%"), "a1c"),
            Target("Blood pressure below 130/80", ("8480-6", "<", 130, "mm[Hg]"), "systolic"),
        ),
        (
            Task("Check blood glucose at home", 2, 1, "d", "Readings kept in the log"),
            Task("Walk for 30 minutes", 5, 1, "wk"),
            Task("Hemoglobin A1c test", 1, 3, "mo", kind="ServiceRequest"),
        ),
    ),
    admissions=(
        Admission(
            icd10="E11.65",
            snomed="",
            yearly=0.012,
            days=(2, 4),
            remedies=(Remedy("insulin-regular"),),
            orders=(Order("panel", "metabolic"), Order("panel", "blood-count")),
            shifts=(("glucose", 240.0), ("pulse", 14)),
            deadly=0.02,
            summary=("Admitted with hyperglycemia; insulin and fluids, glucose under control at discharge.",),
        ),
    ),
    signs=("Type 2 diabetes; {a1c_words} by the last hemoglobin A1c.",),
    advice=("Continue home glucose checks.", "Diet and activity reviewed."),
    deadly=0.004,
)
