"""Influenza: fever and aches in winter, a positive rapid test: https://www.cdc.gov/flu/hcp/clinical-signs/index.html."""

from mock_athena.population.conditions.module import Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="influenza",
    name="influenza",
    icd10="J10.1",
    snomed="6142004",
    rates=(Rate(0.5, 18, 0.06), Rate(18, 65, 0.035), Rate(65, 120, 0.03)),
    months=(1, 2, 3, 12),
    lasts=(5, 10),
    after_days=(1, 2),
    shifts=(("temperature", 3.4), ("pulse", 17), ("breaths", 2.0), ("pain", 3.0), ("influenza", 1)),
    orders=(Order("panel", "influenza-covid-antigen"),),
    remedies=(Remedy("ibuprofen-suspension", 0.6, 2, 12), Remedy("acetaminophen-500", 0.6, 12)),
    signs=("Sudden fever, aches, headache and dry cough; the rapid test is positive for influenza.",),
    advice=("Rest and fluids; stay home until 24 hours without fever.",),
)
