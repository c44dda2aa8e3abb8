"""Broken hip of the aged: always a stay, with a new joint, often a nursing home for a while.

https://www.aaos.org/hipfxcpg
"""

from mock_athena.population.conditions.module import Admission, Illness, Order, Prospect, Rate, Remedy


def _thin_bones(who: Prospect) -> float:
    return (3.0 if who.has("osteoporosis") else 0.8) * (1.2 if who.person.gender == "female" else 0.8)


ILLNESS = Illness(
    key="hip-fracture",
    name="fracture of the neck of the right femur",
    icd10="S72.001A",
    snomed="5913000",
    rates=(Rate(65, 80, 0.003), Rate(80, 120, 0.012)),
    factor=_thin_bones,
    lasts=(80, 130),
    kind="emergency",
    after_days=(0, 0),
    shifts=(("pain", 7.0), ("fracture", 1)),
    follow_up=28,
    follow_up_icd10="D",
    admitted=1.0,
    admission=Admission(
        icd10="S72.001A",
        snomed="5913000",
        yearly=0,
        days=(4, 7),
        remedies=(Remedy("morphine-injection"), Remedy("enoxaparin-injection")),
        discharge=(Remedy("acetaminophen-500"), Remedy("oxycodone-5", 0.5)),
        orders=(
            Order("study", "hip-x-ray"),
            Order("study", "chest-x-ray"),
            Order("study", "ecg"),
            Order("panel", "blood-count"),
            Order("panel", "metabolic"),
            Order("panel", "inr"),
            Order("operation", "hip-replacement"),
            Order("referral", "physical-therapy"),
        ),
        shifts=(("pain", 7), ("pulse", 14), ("systolic", 8), ("hemoglobin", -1.2), ("fracture", 1)),
        dispositions=(("snf", 5), ("rehab", 3), ("home", 2)),
        deadly=0.03,
        summary=("Fell at home and broke the right hip; the joint was replaced and walking with a frame began.",),
    ),
    healing=("Walks with a frame; the wound is dry and the hip moves without pain.",),
    signs=("Fell at home; the right leg is shortened and turned outward.",),
    advice=("Walk with the frame; no bending of the hip beyond a right angle.",),
)
