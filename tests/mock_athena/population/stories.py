"""Stories made by hand, for tests of what writes them: an adult with diabetes, an infant, a stay that begins as an
emergency. They use only codes of the table."""

from datetime import UTC, date, datetime, timedelta

from mock_athena.population.person import Person
from mock_athena.population.story import (
    ACUTE,
    EMERGENCY,
    FOLLOW_UP,
    STAY,
    WELLNESS,
    Activity,
    Aim,
    Allergy,
    Booking,
    Diagnosis,
    Fact,
    Operation,
    Panel,
    Plan,
    Prescription,
    Problem,
    Result,
    Screening,
    Stay,
    Story,
    Vaccination,
    Visit,
    Vitals,
)

AS_OF = date(2026, 11, 1)
ADULT = Person(1, 500001, 1, AS_OF, "female", date(1971, 3, 14))
INFANT = Person(1, 500001, 2, AS_OF, "male", date(2025, 12, 2))
ELDER = Person(1, 500001, 3, AS_OF, "male", date(1944, 6, 30))


def at(year: int, month: int, day: int, hour: int = 15, minute: int = 0) -> datetime:
    """An instant in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def _vitals(taken: datetime, height: float, weight: float, systolic: int | None = None) -> Vitals:
    return Vitals(
        taken=taken,
        height=height,
        weight=weight,
        bmi=round(weight / (height / 100) ** 2, 1),
        temperature=98.4,
        pulse=72,
        breaths=14,
        saturation=98,
        systolic=systolic,
        diastolic=80 if systolic else None,
    )


def _adult_visits() -> tuple[Visit, ...]:
    first, second, third = at(2025, 3, 11), at(2026, 2, 3, 16), at(2026, 9, 15, 14, 30)
    check_up = Visit(
        order=1,
        kind=WELLNESS,
        start=first,
        end=first + timedelta(minutes=40),
        provider=2,
        reasons=("Z00.00",),
        diagnoses=(Diagnosis("Z00.00", "", 0, 1), Diagnosis("E11.9", "44054006", 1, 2)),
        vitals=_vitals(first + timedelta(minutes=5), 164.0, 84.0, 136),
        panels=(
            Panel(
                "4548-4",
                (Result("4548-4", 7.4),),
                "",
                first,
                first + timedelta(minutes=20),
                first + timedelta(hours=20),
                reason=1,
            ),
        ),
        facts=(Fact("smoking", first + timedelta(minutes=6), "266919005"),),
        prescriptions=(Prescription("metformin-500", 1, first, first.date(), None, "active", problem=1),),
        vaccinations=(Vaccination("140", first.date(), 0, 1),),
        summary=("Feels well.",),
        plan=("Come back in four months.",),
    )
    follow_up = Visit(
        order=2,
        kind=FOLLOW_UP,
        start=second,
        end=second + timedelta(minutes=20),
        provider=2,
        reasons=("E11.9",),
        diagnoses=(Diagnosis("E11.9", "44054006", 1, 1), Diagnosis("I10", "", 2, 2)),
        vitals=_vitals(second + timedelta(minutes=5), 164.0, 83.1, 131),
        screenings=(Screening("phq-2", second + timedelta(minutes=8), (), 1),),
    )
    cold = Visit(
        order=3,
        kind=ACUTE,
        start=third,
        end=third + timedelta(minutes=15),
        provider=3,
        reasons=("J06.9",),
        diagnoses=(Diagnosis("J06.9", "", 3, 1),),
        vitals=_vitals(third + timedelta(minutes=4), 164.0, 83.0),
    )
    return check_up, follow_up, cold


_ADULT_PROBLEMS = (
    Problem(1, "type-2-diabetes", "E11.9", "44054006", date(2019, 5, 2), date(2019, 5, 20), severity="moderate"),
    Problem(2, "hypertension", "I10", "", date(2021, 1, 10), date(2021, 2, 1)),
    Problem(3, "upper-respiratory-infection", "J06.9", "", date(2026, 9, 12), date(2026, 9, 15), listed=False),
    Problem(4, "chronic-back-pain", "M54.50", "", date(2020, 2, 1), date(2020, 2, 3), abated=date(2021, 8, 1)),
)

_ADULT_PLAN = Plan(
    "Diabetes Care Plan",
    "Blood glucose control, activity and screening for complications",
    1,
    1,
    date(2025, 3, 11),
    date(2026, 3, 11),
    (
        Aim(
            "Hemoglobin A1c below 7 percent",
            date(2025, 3, 11),
            date(2026, 3, 11),
            1,
            ("4548-4", "<", 7.0, "%"),
        ),
        Aim("Walk every day", date(2025, 3, 11), date(2026, 3, 11), 1, achievement="achieved", status="completed"),
    ),
    (
        Activity("Check blood glucose at home", 2, 1, "d", "Readings kept in the log"),
        Activity("Hemoglobin A1c test", 1, 3, "mo", kind="ServiceRequest"),
    ),
)


def adult() -> Story:
    """A woman of 55 with diabetes: patient 1, so the guide's examples are hers."""
    return Story(
        person=ADULT,
        problems=_ADULT_PROBLEMS,
        allergies=(
            Allergy(
                "http://www.nlm.nih.gov/research/umls/rxnorm",
                "7980",
                "medication",
                "high",
                ("247472004",),
                "moderate",
                date(1999, 1, 1),
                date(2019, 5, 20),
            ),
        ),
        visits=_adult_visits(),
        vaccinations=(Vaccination("113", date(2016, 4, 4), 0, 0),),
        operations=(),
        plans=(_ADULT_PLAN,),
        bookings=(
            Booking("booked", WELLNESS, "Z00.00", at(2026, 10, 20), at(2026, 12, 8), at(2026, 12, 8, 15, 30), 2),
            Booking(
                "cancelled", FOLLOW_UP, "E11.9", at(2026, 9, 1), at(2026, 10, 6), at(2026, 10, 6, 15, 20), 2, "pat"
            ),
            Booking("noshow", FOLLOW_UP, "E11.9", at(2025, 9, 1), at(2025, 10, 7), at(2025, 10, 7, 15, 20), 2),
        ),
    )


def infant() -> Story:
    """A boy of eleven months."""
    start = at(2026, 6, 3)
    return Story(
        person=INFANT,
        problems=(),
        allergies=(),
        visits=(
            Visit(
                order=1,
                kind=WELLNESS,
                start=start,
                end=start + timedelta(minutes=40),
                provider=5,
                reasons=("Z00.129",),
                diagnoses=(Diagnosis("Z00.129", "", 0, 1),),
                vitals=_vitals(start + timedelta(minutes=5), 67.0, 7.8)._replace(
                    head=43.1, weight_for_height_percentile=52, head_percentile=48, pulse=120, breaths=34
                ),
                vaccinations=(Vaccination("20", start.date(), 3, 1), Vaccination("10", start.date(), 3, 1)),
            ),
        ),
        vaccinations=(Vaccination("08", date(2025, 12, 3), 1, 0),),
        operations=(),
        plans=(),
        bookings=(),
    )


def stay() -> Story:
    """A man of 82 who came to the emergency department with pneumonia, was admitted and died."""
    came, in_bed, died = at(2026, 1, 12, 3), at(2026, 1, 12, 7), at(2026, 1, 17, 22)
    return Story(
        person=ELDER,
        problems=(
            Problem(1, "pneumonia", "J18.9", "", date(2026, 1, 10), date(2026, 1, 12), listed=False),
            Problem(2, "type-2-diabetes", "E11.9", "44054006", date(2001, 1, 1), date(2001, 2, 1)),
        ),
        allergies=(),
        visits=(
            Visit(
                order=1,
                kind=EMERGENCY,
                start=came,
                end=in_bed,
                provider=1,
                reasons=("R05.9",),
                diagnoses=(Diagnosis("J18.9", "", 1, 1),),
                vitals=_vitals(came + timedelta(minutes=5), 175.0, 70.0, 101),
            ),
            Visit(
                order=2,
                kind=STAY,
                start=in_bed,
                end=died,
                provider=1,
                reasons=("J18.9",),
                diagnoses=(Diagnosis("R05.9", "", 0, 2, admission=True), Diagnosis("J18.9", "", 1, 1)),
                vitals=_vitals(in_bed + timedelta(minutes=30), 175.0, 70.0, 98),
                stay=Stay("emd", "exp", planned=False),
            ),
        ),
        vaccinations=(),
        operations=(
            Operation(
                "http://www.cms.gov/Medicare/Coding/ICD10",
                "0DTJ4ZZ",
                at(1990, 5, 5, 14),
                at(1990, 5, 5, 15),
                0,
            ),
        ),
        plans=(),
        bookings=(),
        died=died,
        cause_of_death="J18.9",
    )


def all_stories() -> tuple[Story, ...]:
    """Each of them."""
    return adult(), infant(), stay()
