"""Broken wrist, of children and of women with thin bones: film and cast, then a look at how it heals."""

from mock_athena.population.conditions.module import Illness, Order, Prospect, Rate, Remedy


def _thin_bones(who: Prospect) -> float:
    return (3.0 if who.has("osteoporosis") else 1.0) * (1.3 if who.person.gender == "female" else 0.7)


ILLNESS = Illness(
    key="wrist-fracture",
    name="fracture of the lower end of the radius",
    icd10="S52.501A",
    snomed="263199001",
    rates=(Rate(5, 16, 0.009), Rate(16, 50, 0.0025), Rate(50, 120, 0.006)),
    factor=_thin_bones,
    sites=(("S52.501A", "263199001", 48), ("S52.502A", "263199001", 52)),
    lasts=(42, 70),
    kind="emergency",
    after_days=(0, 0),
    shifts=(("pain", 6.0), ("pulse", 10), ("systolic", 6), ("fracture", 1)),
    orders=(
        Order("study", "wrist-x-ray"),
        Order("operation", "cast-right-arm", only="S52.501A"),
        Order("operation", "cast-left-arm", only="S52.502A"),
        Order("referral", "orthopedics", share=0.7),
    ),
    remedies=(
        Remedy("ibuprofen-suspension", 0.8, 2, 12),
        Remedy("ibuprofen-200", 0.6, 12, 65),
        Remedy("acetaminophen-500", 1, 12),
    ),
    follow_up=35,
    follow_up_icd10="D",
    healing=("The film shows callus; the cast comes off, the wrist is stiff but hardly painful.",),
    signs=(
        "Fell on the outstretched hand; the wrist is swollen and tender, fingers warm with normal feeling.",
        "A forearm cast was put on.",
    ),
    advice=("Keep the cast dry and the hand raised.", "Come back at once for numb or blue fingers."),
)
