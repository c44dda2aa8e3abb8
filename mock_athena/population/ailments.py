"""The conditions that a person may have by name; of the long-term ones who gets them, and what is done about them.

Prevalence is coarse on purpose (a share of those above an age); the codes are ICD-10-CM.
"""

from dataclasses import dataclass

from mock_athena.population import drugs

DIABETES, DIABETES_SNOMED = "E11.9", "44054006"
HYPERTENSION = "I10"
HYPERLIPIDEMIA = "E78.5"
ASTHMA = "J45.909"
DEPRESSION = "F32.A"
REFLUX = "K21.9"
KNEE_ARTHRITIS = "M17.11"
OBESITY = "E66.9"
RHINITIS = "J30.2"
ECZEMA = "L20.9"

COLD = "J06.9"
SORE_THROAT = "J02.9"
COUGH = "R05.9"
BACK_PAIN = "M54.50"
EAR_INFECTION = "H66.90"
VIRAL_INFECTION = "B34.9"


@dataclass(frozen=True, slots=True)
class Ailment:
    """A long-term condition.

    Attributes:
        code: ICD-10-CM.
        from_age: the youngest age of onset, in years.
        to_age: the oldest age of onset.
        share: of the people old enough, how many have it.
        drugs: RxNorm codes prescribed for it.
    """

    code: str
    from_age: int
    to_age: int
    share: float
    drugs: tuple[str, ...] = ()


AILMENTS = (
    Ailment(DIABETES, 35, 70, 0.2, (drugs.METFORMIN,)),
    Ailment(HYPERTENSION, 30, 70, 0.5, (drugs.LISINOPRIL,)),
    Ailment(HYPERLIPIDEMIA, 35, 65, 0.45, (drugs.ATORVASTATIN,)),
    Ailment(ASTHMA, 4, 24, 0.14, (drugs.ALBUTEROL,)),
    Ailment(DEPRESSION, 18, 60, 0.12, (drugs.SERTRALINE,)),
    Ailment(REFLUX, 28, 70, 0.14, (drugs.OMEPRAZOLE,)),
    Ailment(KNEE_ARTHRITIS, 50, 75, 0.35, (drugs.ACETAMINOPHEN,)),
    Ailment(RHINITIS, 6, 25, 0.14),
    Ailment(ECZEMA, 0, 5, 0.12),
)

FOLLOWED_UP = (DIABETES, HYPERTENSION, ASTHMA, HYPERLIPIDEMIA, DEPRESSION)
"""What is worth a visit and a care plan of its own, the most pressing first."""
