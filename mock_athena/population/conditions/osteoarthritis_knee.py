"""Osteoarthritis of the knee: painkillers, physical therapy, in the end perhaps a new joint.

https://rheumatology.org/osteoarthritis-guideline
"""

from mock_athena.population.conditions.module import Condition, Influence, Order, Step
from mock_athena.population.conditions.onsets import between, heavy

CONDITION = Condition(
    key="osteoarthritis-knee",
    name="osteoarthritis of the knee",
    icd10="M17.11",
    snomed="239873007",
    onset=between(0.24, 45, 62, 84, heavy),
    influences=(Influence("pain", untreated=3.5, treated=2, years=4),),
    treatment=(
        Step("acetaminophen-500"),
        Step("naproxen-500", above=("pain", 3), share=0.5, to_age=74, never_with=("ckd-stage-3", "heart-failure")),
    ),
    orders=(
        Order("study", "knee-x-ray", every=48, share=0.8),
        Order("referral", "physical-therapy", every=24, share=0.5),
        Order("operation", "joint-injection", every=18, share=0.2),
    ),
    signs=("Right knee painful on stairs, stiff for ten minutes in the morning.",),
    advice=("Strengthen the thigh muscles; a cane for long walks.",),
)
