"""High blood pressure: half of those over 60 have it; treated in steps to below 130/80.

https://www.ahajournals.org/doi/10.1161/HYP.0000000000000065
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Outline, Step, Target, Task
from mock_athena.population.conditions.onsets import between, heavy

CONDITION = Condition(
    key="hypertension",
    name="hypertension",
    icd10="I10",
    snomed="59621000",
    onset=between(0.52, 28, 52, 82, heavy),
    influences=(
        Influence("systolic", untreated=26, treated=14, years=3),
        Influence("diastolic", untreated=13, treated=7, years=3),
    ),
    treatment=(
        Step("lisinopril-10", share=0.6, effect=("systolic", -5)),
        Step("amlodipine-5", above=("systolic", 128), share=0.6, effect=("systolic", -6)),
        Step("lisinopril-20", above=("systolic", 134), share=0.7, raises="lisinopril-10", effect=("systolic", -5)),
        Step("hydrochlorothiazide-25", above=("systolic", 136), share=0.8, effect=("systolic", -6)),
        Step("losartan-50", above=("systolic", 142), share=0.4, effect=("systolic", -4)),
    ),
    follow_up=6,
    orders=(
        Order("panel", "metabolic", every=12),
        Order("panel", "urine-albumin", every=24, share=0.5),
        Order("study", "ecg", every=48, share=0.7),
    ),
    plan=Outline(
        "Blood Pressure Care Plan",
        "Home readings, less salt and regular medication",
        (Target("Systolic blood pressure below 130 mmHg", ("8480-6", "<", 130, "mm[Hg]"), "systolic"),),
        (
            Task("Measure blood pressure at home", 1, 1, "d", "Readings brought along"),
            Task("Less than 2,300 mg of sodium a day", 1, 1, "d"),
            Task("Visit for a blood pressure check", 1, 6, "mo", kind="Appointment"),
        ),
    ),
    signs=("Hypertension; home readings reviewed.",),
    advice=("Less salt; keep taking the medicine every day.",),
    deadly=0.002,
)
