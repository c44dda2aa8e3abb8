"""High cholesterol: a statin where it is found, a stronger one where the LDL stays high.

https://www.ahajournals.org/doi/10.1161/CIR.0000000000000625
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Outline, Step, Target, Task
from mock_athena.population.conditions.onsets import between, heavy

CONDITION = Condition(
    key="hyperlipidemia",
    name="hyperlipidemia",
    icd10="E78.5",
    snomed="55822004",
    onset=between(0.42, 30, 50, 75, heavy),
    influences=(
        Influence("ldl", untreated=48, treated=8, years=4),
        Influence("triglycerides", untreated=35, treated=22, years=4),
    ),
    treatment=(
        Step("atorvastatin-20", effect=("ldl", -8)),
        Step("atorvastatin-40", above=("ldl", 115), raises="atorvastatin-20", effect=("ldl", -12)),
        Step("rosuvastatin-20", above=("ldl", 125), share=0.5, replaces=("atorvastatin-40",), effect=("ldl", -14)),
    ),
    follow_up=12,
    orders=(Order("panel", "lipids", every=12),),
    plan=Outline(
        "Cholesterol Care Plan",
        "Diet, activity and a daily statin",
        (Target("LDL cholesterol below 100 mg/dL", ("18262-6", "<", 100, "mg/dL"), "ldl"),),
        (
            Task("Exercise for 40 minutes", 3, 1, "wk"),
            Task("Lipid panel", 1, 12, "mo", kind="ServiceRequest"),
        ),
    ),
    signs=("Hyperlipidemia, on a statin without muscle pain.",),
    advice=("Continue the statin; more vegetables and fish.",),
)
