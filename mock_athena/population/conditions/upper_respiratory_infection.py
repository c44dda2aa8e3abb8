"""The common cold: several a year in small children, about one in adults that is worth a visit now and then."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="upper-respiratory-infection",
    name="upper respiratory infection",
    icd10="J06.9",
    snomed="54150009",
    rates=(Rate(0.1, 5, 0.9), Rate(5, 18, 0.4), Rate(18, 65, 0.22), Rate(65, 120, 0.18)),
    months=(1, 2, 3, 4, 10, 11, 12),
    lasts=(5, 12),
    shifts=(("temperature", 1.1), ("pulse", 6)),
    orders=(Order("panel", "influenza-covid-antigen", share=0.35),),
    remedies=(
        Remedy("ibuprofen-suspension", 0.4, from_age=2, to_age=12),
        Remedy("acetaminophen-500", 0.4, from_age=12),
    ),
    signs=("Runny nose and sore throat, lungs clear.",),
    advice=("Rest and fluids; come back if not better in a week.",),
)
