"""Depression: a serotonin reuptake inhibitor, a higher dose or another where the PHQ-9 stays high.

https://www.apa.org/depression-guideline
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Outline, Step, Target, Task
from mock_athena.population.conditions.onsets import between

CONDITION = Condition(
    key="depression",
    name="major depressive disorder",
    icd10="F33.9",
    snomed="35489007",
    onset=between(0.19, 14, 29, 66, lambda who: 1.35 if who.person.gender == "female" else 0.75),
    severities=(("mild", 4), ("moderate", 4), ("severe", 1)),
    influences=(Influence("phq9", untreated=12, treated=5, years=0.3),),
    treatment=(
        Step("sertraline-50", share=0.6, from_age=18, choice="ssri", effect=("phq9", -0.5)),
        Step("fluoxetine-20", share=0.5, choice="ssri", effect=("phq9", -0.5)),
        Step("sertraline-100", above=("phq9", 9), share=0.6, raises="sertraline-50", effect=("phq9", -2)),
        Step("escitalopram-10", above=("phq9", 9), share=0.9, from_age=12, choice="ssri", effect=("phq9", -1)),
        Step("trazodone-50", above=("phq9", 11), share=0.4, from_age=18, effect=("phq9", -1)),
    ),
    follow_up=4,
    orders=(Order("screening", "phq-9", every=4), Order("referral", "mental-health", every=24, share=0.6)),
    plan=Outline(
        "Depression Care Plan",
        "Medication and regular conversation",
        (Target("PHQ-9 score below 5", ("44261-6", "<", 5, "{score}"), "phq9"),),
        (
            Task("Talk with the counselor", 2, 1, "mo", "Mood improved"),
            Task("Something enjoyable outdoors", 3, 1, "wk"),
        ),
    ),
    signs=("Mood discussed; no thoughts of self-harm.",),
    advice=("Do not stop the medicine suddenly; call 988 in a crisis.",),
)
