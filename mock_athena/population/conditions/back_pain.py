"""Acute low back pain: heat, movement, no films: https://www.acpjournals.org/doi/10.7326/M16-2367."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="back-pain",
    name="low back pain",
    icd10="M54.50",
    snomed="279039007",
    rates=(Rate(18, 65, 0.075), Rate(65, 120, 0.05)),
    lasts=(10, 40),
    after_days=(2, 7),
    shifts=(("pain", 5.0), ("pulse", 4)),
    orders=(Order("referral", "physical-therapy", share=0.3), Order("study", "lumbar-x-ray", share=0.12, from_age=50)),
    remedies=(
        Remedy("naproxen-500", 0.6, 18, 65),
        Remedy("acetaminophen-500", 0.8, 18),
    ),
    signs=(
        "Low back pain after lifting, paraspinal spasm, straight leg raise negative, strength and reflexes normal.",
    ),
    advice=("Keep moving; heat for 20 minutes.", "Come back for weakness of a leg or trouble with urine."),
)
