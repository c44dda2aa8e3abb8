"""The golden patients: 1 to 25 of every practice are drawn to these roles, so that each kind of record is there.

A role says what must be; everything else about the person is drawn as anybody's.
"""

from typing import NamedTuple


class Role(NamedTuple):
    """What a golden patient must be.

    Attributes:
        ages: (from, below) in years, on the day of the record.
        gender: ``female``, ``male`` or empty for either.
        conditions: (key, age at onset), or 0 for a drawn age.
        onset_dates: (key, ISO date), in place of an age.
        never: conditions that the person is spared; ``*`` for all but those in ``conditions``.
        illnesses: had at least once in the record. stays: those of them that led to hospital.
        programmes: forced, such as ``pregnancy``.
        smoking: ``never``, ``former``, ``current`` or empty.
        died: ICD-10-CM of the cause of death, empty for the living.
        record: ``usual``, ``nothing`` (never seen), ``once`` (one visit), or ``many`` (known for long, seen often).
    """

    title: str
    ages: tuple[float, float]
    gender: str = ""
    conditions: tuple[tuple[str, float], ...] = ()
    onset_dates: tuple[tuple[str, str], ...] = ()
    never: tuple[str, ...] = ()
    illnesses: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    smoking: str = ""
    died: str = ""
    record: str = "usual"


ROLES = (
    Role(
        "the patient of the integration guide",
        (48, 62),
        conditions=(("hypertension", 44),),
        onset_dates=(("type-2-diabetes", "2021-03-09"),),
        record="many",
    ),
    Role("pregnant, in the last three months", (24, 36), "female", programmes=("pregnancy",), smoking="never"),
    Role("infant of four months", (0.32, 0.4), never=("*",)),
    Role("toddler with eczema", (1.5, 2.9), conditions=(("eczema", 0.6),), illnesses=("otitis-media",)),
    Role(
        "school child with asthma",
        (7, 11),
        conditions=(("asthma", 4.5), ("allergic-rhinitis", 5)),
        illnesses=("strep-pharyngitis",),
    ),
    Role("teenager with ADHD and anxiety", (13, 17), conditions=(("adhd", 8), ("anxiety", 12.5)), smoking="never"),
    Role(
        "diabetic with complications",
        (66, 76),
        conditions=(
            ("type-2-diabetes", 48),
            ("hypertension", 50),
            ("hyperlipidemia", 51),
            ("diabetic-kidney-disease", 60),
            ("diabetic-neuropathy", 61),
            ("diabetic-retinopathy", 62),
            ("coronary-disease", 63),
        ),
        record="many",
    ),
    Role(
        "heart failure and atrial fibrillation",
        (76, 86),
        conditions=(
            ("hypertension", 55),
            ("coronary-disease", 66),
            ("heart-failure", 71),
            ("atrial-fibrillation", 72),
            ("ckd-stage-3", 73),
        ),
        illnesses=("pneumonia",),
        stays=("pneumonia",),
        record="many",
    ),
    Role(
        "smoker with COPD",
        (58, 72),
        conditions=(("copd", 54), ("tobacco-use", 25)),
        smoking="current",
        illnesses=("bronchitis",),
    ),
    Role(
        "died of heart failure",
        (78, 92),
        conditions=(("heart-failure", 72), ("hypertension", 58)),
        died="I50.9",
    ),
    Role("hypothyroidism and migraine", (30, 48), "female", conditions=(("hypothyroidism", 27), ("migraine", 21))),
    Role("had breast cancer", (56, 72), "female", conditions=(("breast-cancer", 0), ("osteoporosis", 0))),
    Role(
        "new knee",
        (64, 74),
        conditions=(("osteoarthritis-knee", 55), ("obesity", 40)),
        programmes=("knee-replacement",),
    ),
    Role("broke a wrist", (60, 74), "female", conditions=(("osteoporosis", 58),), illnesses=("wrist-fracture",)),
    Role(
        "short of food and housing",
        (28, 44),
        "female",
        conditions=(("food-insecurity", 0), ("housing-instability", 0), ("depression", 0)),
    ),
    Role("healthy young man, seen once", (22, 30), "male", never=("*",), smoking="never", record="once"),
    Role("a record with nothing in it", (30, 60), never=("*",), record="nothing"),
    Role("anxiety, insomnia and reflux", (35, 50), conditions=(("anxiety", 29), ("insomnia", 33), ("gerd", 34))),
    Role("gout and an enlarged prostate", (62, 74), "male", conditions=(("gout", 55), ("bph", 61))),
    Role("dementia, at great age", (86, 96), "female", conditions=(("dementia", 82), ("hypertension", 60))),
    Role("heart attack and stent", (55, 70), "male", conditions=(("coronary-disease", 53), ("hyperlipidemia", 45))),
    Role("sleep apnea and obesity", (40, 58), "male", conditions=(("sleep-apnea", 38), ("obesity", 30))),
    Role("iron deficiency", (22, 40), "female", conditions=(("iron-deficiency-anemia", 0),)),
    Role("newborn", (0.03, 0.1), never=("*",)),
    Role("sprained ankle and appendicitis", (15, 24), "male", illnesses=("ankle-sprain", "appendicitis")),
)


def role(n: int) -> Role | None:
    """The role of patient ``n``; None from 26 on."""
    return ROLES[n - 1] if 0 < n <= len(ROLES) else None
