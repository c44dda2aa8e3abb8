"""Gallstones that inflame the gallbladder: a stay with laparoscopic removal."""

from mock_athena.population.conditions.module import Admission, Illness, Order, Prospect, Rate, Remedy


def _stones(who: Prospect) -> float:
    return (1.6 if who.person.gender == "female" else 0.8) * (1.6 if who.has("obesity") else 1.0)


ILLNESS = Illness(
    key="cholecystitis",
    name="acute cholecystitis with gallstones",
    icd10="K80.00",
    snomed="65275009",
    rates=(Rate(25, 45, 0.0012), Rate(45, 120, 0.0025)),
    factor=_stones,
    lasts=(14, 28),
    kind="emergency",
    after_days=(0, 2),
    shifts=(("pain", 7.0), ("gallstones", 1)),
    admitted=1.0,
    admission=Admission(
        icd10="K80.00",
        snomed="65275009",
        yearly=0,
        days=(2, 4),
        remedies=(
            Remedy("ceftriaxone-injection"),
            Remedy("morphine-injection", 0.8),
            Remedy("ondansetron-injection", 0.6),
        ),
        discharge=(Remedy("acetaminophen-500", 0.9),),
        orders=(
            Order("study", "abdominal-ultrasound"),
            Order("panel", "comprehensive"),
            Order("panel", "blood-count-differential"),
            Order("operation", "cholecystectomy"),
        ),
        shifts=(
            ("temperature", 1.7),
            ("pulse", 16),
            ("pain", 7),
            ("leukocytes", 6.5),
            ("alt", 38),
            ("bilirubin", 0.9),
            ("alkaline_phosphatase", 75),
            ("gallstones", 1),
        ),
        summary=("Pain below the right ribs with gallstones; laparoscopic cholecystectomy without complications.",),
    ),
    follow_up=14,
    follow_up_icd10="Z09",
    healing=("Wounds clean, no pain after meals.",),
    signs=("Pain below the right ribs after a meal, Murphy's sign positive.",),
    advice=("Light meals for a week.", "Come back for fever or yellow eyes."),
)
