"""The long-term conditions that a person may have: who gets them, what is prescribed, what is followed up.

Prevalence is coarse on purpose (a share of those above an age); the codes are ICD-10-CM.
"""

from dataclasses import dataclass

DIABETES = "E11.9"
HYPERTENSION = "I10"
HYPERLIPIDEMIA = "E78.5"
ASTHMA = "J45.909"
DEPRESSION = "F32.A"
REFLUX = "K21.9"
KNEE_ARTHRITIS = "M17.11"
OBESITY = "E66.9"
RHINITIS = "J30.2"
ECZEMA = "L20.9"


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
    Ailment(DIABETES, 35, 70, 0.2, ("861007",)),
    Ailment(HYPERTENSION, 30, 70, 0.5, ("314076",)),
    Ailment(HYPERLIPIDEMIA, 35, 65, 0.45, ("617310",)),
    Ailment(ASTHMA, 4, 24, 0.14, ("630208",)),
    Ailment(DEPRESSION, 18, 60, 0.12, ("312941",)),
    Ailment(REFLUX, 28, 70, 0.14, ("198051",)),
    Ailment(KNEE_ARTHRITIS, 50, 75, 0.35, ("313782",)),
    Ailment(RHINITIS, 6, 25, 0.14),
    Ailment(ECZEMA, 0, 5, 0.12),
)

FOLLOWED_UP = (DIABETES, HYPERTENSION, ASTHMA, HYPERLIPIDEMIA, DEPRESSION)
"""What is worth a visit and a care plan of its own, the most pressing first."""
