"""The drugs that are prescribed, and how they are taken."""

from dataclasses import dataclass

from mock_athena.population import drugs
from mock_athena.population.ailments import BACK_PAIN, COLD, EAR_INFECTION, SORE_THROAT


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug and its usual prescription.

    Attributes:
        code: RxNorm.
        sig: the instruction to the patient.
        dose: how much at a time, in ``form`` units.
        form: what one unit is.
        times: how often a day.
        days: how long a supply lasts.
        refills: further supplies.
        as_needed: taken only when needed.
        contains: RxNorm ingredients to which the patient must not be allergic.
    """

    code: str
    sig: str
    dose: float
    form: str
    times: int
    days: int
    refills: int
    as_needed: bool = False
    contains: tuple[str, ...] = ()


DRUGS = (
    Drug(drugs.METFORMIN, "Take 1 tablet by mouth twice a day with meals", 1, "tablet", 2, 90, 3),
    Drug(drugs.LISINOPRIL, "Take 1 tablet by mouth once a day", 1, "tablet", 1, 90, 3),
    Drug(drugs.ATORVASTATIN, "Take 1 tablet by mouth once a day at bedtime", 1, "tablet", 1, 90, 3),
    Drug(
        drugs.ALBUTEROL,
        "Inhale 1 vial by nebulizer up to 3 times a day as needed for wheezing",
        3,
        "mL",
        3,
        30,
        2,
        True,
    ),
    Drug(drugs.SERTRALINE, "Take 1 tablet by mouth once a day in the morning", 1, "tablet", 1, 90, 3),
    Drug(drugs.OMEPRAZOLE, "Take 1 capsule by mouth once a day before breakfast", 1, "capsule", 1, 90, 1),
    Drug(
        drugs.ACETAMINOPHEN,
        "Take 2 tablets by mouth up to 3 times a day as needed for pain",
        2,
        "tablet",
        3,
        10,
        0,
        True,
    ),
    Drug(
        drugs.IBUPROFEN,
        "Take 2 tablets by mouth up to 3 times a day as needed with food",
        2,
        "tablet",
        3,
        7,
        0,
        True,
        ("5640", drugs.ASPIRIN),
    ),
    Drug(
        drugs.AMOXICILLIN_CAPSULE,
        "Take 2 capsules by mouth twice a day for 10 days",
        2,
        "capsule",
        2,
        10,
        0,
        False,
        drugs.PENICILLINS,
    ),
    Drug(
        drugs.AMOXICILLIN_SUSPENSION,
        "Give 5 mL by mouth twice a day for 10 days",
        5,
        "mL",
        2,
        10,
        0,
        False,
        drugs.PENICILLINS,
    ),
)
BY_CODE = {drug.code: drug for drug in DRUGS}

ADULT_REMEDIES = {BACK_PAIN: drugs.IBUPROFEN, SORE_THROAT: drugs.AMOXICILLIN_CAPSULE, COLD: drugs.ACETAMINOPHEN}
CHILD_REMEDIES = {EAR_INFECTION: drugs.AMOXICILLIN_SUSPENSION}
"""ICD-10-CM reason of an acute visit → RxNorm code of what is prescribed for it."""
