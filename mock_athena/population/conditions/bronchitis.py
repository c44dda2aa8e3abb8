"""Acute bronchitis: weeks of cough, more often in smokers and those with asthma or COPD."""

from mock_athena.population.conditions.module import Illness, Order, Prospect, Rate, Remedy


def _airways(who: Prospect) -> float:
    narrow = who.has("asthma") or who.has("copd")
    return (2.2 if narrow else 1.0) * (1.4 if who.body.ever_smoked(60) else 1.0)


ILLNESS = Illness(
    key="bronchitis",
    name="acute bronchitis",
    icd10="J20.9",
    snomed="10509002",
    rates=(Rate(5, 18, 0.02), Rate(18, 65, 0.05), Rate(65, 120, 0.06)),
    months=(1, 2, 3, 4, 10, 11, 12),
    factor=_airways,
    lasts=(14, 24),
    after_days=(4, 9),
    shifts=(("temperature", 0.7), ("pulse", 6), ("breaths", 2.0), ("saturation", -0.8), ("fev1", -6)),
    orders=(
        Order("study", "chest-x-ray", share=0.25, from_age=18),
        Order("panel", "influenza-covid-antigen", share=0.3),
        Order("operation", "nebulizer-treatment", share=0.15),
    ),
    remedies=(Remedy("albuterol-inhaler", 0.35, 5),),
    second=(Remedy("acetaminophen-500", 0.3, 12),),
    signs=("Cough for more than a week, scattered rhonchi that clear with coughing, no focal crackles.",),
    advice=("The cough may last three weeks; honey and warm fluids help.", "No antibiotic is needed."),
)
