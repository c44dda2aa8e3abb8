"""A cut hand, stitched in the emergency department."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="laceration",
    name="laceration of the hand",
    icd10="S61.411A",
    snomed="312608009",
    rates=(Rate(2, 18, 0.016), Rate(18, 65, 0.014), Rate(65, 120, 0.008)),
    sites=(("S61.411A", "312608009", 45), ("S61.412A", "312608009", 55)),
    lasts=(9, 16),
    kind="emergency",
    after_days=(0, 0),
    shifts=(("pain", 4.0), ("pulse", 8)),
    orders=(
        Order("operation", "suture-right-hand", only="S61.411A"),
        Order("operation", "suture-left-hand", only="S61.412A"),
    ),
    remedies=(Remedy("ibuprofen-suspension", 0.4, 2, 12), Remedy("acetaminophen-500", 0.4, 12)),
    signs=(
        "Clean cut of 3 cm across the palm, no foreign body; movement and feeling of the fingers are normal.",
        "Closed with four stitches.",
    ),
    advice=("Keep it dry for a day.", "Stitches out in ten days; come back for redness or pus."),
)
