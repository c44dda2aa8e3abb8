"""Acute appendicitis: a stay with the appendix removed through a laparoscope."""

from mock_athena.population.conditions.module import Admission, Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="appendicitis",
    name="acute appendicitis",
    icd10="K35.80",
    snomed="85189001",
    rates=(Rate(6, 12, 0.001), Rate(12, 30, 0.002), Rate(30, 60, 0.0009)),
    lasts=(12, 24),
    kind="emergency",
    after_days=(0, 1),
    shifts=(("pain", 7.0), ("appendix", 1)),
    admitted=1.0,
    admission=Admission(
        icd10="K35.80",
        snomed="85189001",
        yearly=0,
        days=(1, 3),
        remedies=(
            Remedy("ceftriaxone-injection"),
            Remedy("morphine-injection", 0.8, 12),
            Remedy("ondansetron-injection", 0.6),
        ),
        discharge=(Remedy("ibuprofen-200", 0.7, 12), Remedy("acetaminophen-500", 0.8, 12)),
        orders=(
            Order("study", "abdominal-ultrasound"),
            Order("panel", "blood-count-differential"),
            Order("panel", "metabolic"),
            Order("panel", "crp"),
            Order("panel", "urinalysis"),
            Order("operation", "appendectomy"),
        ),
        shifts=(
            ("temperature", 1.9),
            ("pulse", 18),
            ("pain", 7),
            ("leukocytes", 7.5),
            ("crp", 45),
            ("appendix", 1),
        ),
        summary=("Pain moved to the right lower abdomen; laparoscopic appendectomy without complications.",),
    ),
    follow_up=14,
    follow_up_icd10="Z09",
    healing=("Wound clean, abdomen soft; eats and works as before.",),
    signs=("Pain and rebound in the right lower abdomen.",),
    advice=("No heavy lifting for two weeks.", "Come back for fever or a red wound."),
)
