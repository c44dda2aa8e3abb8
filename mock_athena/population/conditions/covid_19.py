"""COVID-19, since March 2020: https://www.cdc.gov/covid/hcp/clinical-care/index.html."""

from datetime import date

from mock_athena.population.conditions.module import Admission, Illness, Order, Rate, Remedy

ILLNESS = Illness(
    key="covid-19",
    name="COVID-19",
    icd10="U07.1",
    snomed="840539006",
    rates=(Rate(0.5, 18, 0.04), Rate(18, 65, 0.07), Rate(65, 120, 0.06)),
    since=date(2020, 10, 1),
    lasts=(6, 14),
    after_days=(1, 3),
    shifts=(("temperature", 1.8), ("pulse", 10), ("breaths", 2.0), ("saturation", -0.8), ("covid", 1)),
    orders=(Order("panel", "influenza-covid-antigen"),),
    remedies=(Remedy("ibuprofen-suspension", 0.4, 2, 12), Remedy("acetaminophen-500", 0.4, 12)),
    admitted=0.1,
    admitted_from=55,
    admission=Admission(
        icd10="U07.1",
        snomed="840539006",
        yearly=0,
        days=(3, 8),
        remedies=(Remedy("enoxaparin-injection"), Remedy("acetaminophen-500")),
        orders=(
            Order("study", "chest-x-ray"),
            Order("panel", "influenza-covid-antigen"),
            Order("panel", "comprehensive"),
            Order("panel", "blood-count-differential"),
            Order("panel", "crp"),
        ),
        shifts=(
            ("temperature", 2.6),
            ("pulse", 20),
            ("breaths", 8),
            ("saturation", -9),
            ("crp", 70),
            ("covid", 1),
            ("infiltrate", 1),
        ),
        dispositions=(("home", 7), ("snf", 1)),
        deadly=0.04,
        summary=("Admitted with COVID-19 and low oxygen saturation; oxygen for some days, on room air at discharge.",),
    ),
    signs=("Fever, cough and loss of smell; the antigen test is positive for SARS-CoV-2.",),
    advice=("Stay home until 24 hours without fever, then wear a mask for five days.",),
)
