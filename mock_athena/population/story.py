"""What happened to one person: the neutral record between the clinic (what is true) and the content (how FHIR says it).

``life/`` tells a story, ``content/`` writes it as resources. Nothing here knows FHIR's elements; codes are strings of
the systems that the fields name, all of them in :mod:`mock_athena.population.codes`. Days are civil dates at the
practice, instants are aware and in UTC, values are in the unit of their analyte or vital sign.
"""

from datetime import date, datetime
from typing import NamedTuple

from mock_athena.population.person import Person

# Kinds of visits.
WELLNESS, FOLLOW_UP, ACUTE, PRENATAL = "wellness", "follow-up", "acute", "prenatal"
EMERGENCY, STAY, VIRTUAL = "emergency", "stay", "virtual"


class Problem(NamedTuple):
    """A condition that somebody has or had: an entry of the problem list.

    Attributes:
        number: place in the person's list, from 1, in order of onset; what refers to a problem names this.
        key: of the module in ``conditions/`` that it came from, such as ``type-2-diabetes``.
        icd10, snomed: what it is; snomed is empty where no code may be shipped.
        onset, recorded: when it began, and the day on which it was put on the list (never before the onset).
        abated: when it was over; None while it lasts. severity: ``mild``, ``moderate``, ``severe`` or empty.
        listed: False for what is only ever an encounter's diagnosis (a cold), not on the problem list.
        concern: True for a health concern (a social need, a risk) rather than a disease.
    """

    number: int
    key: str
    icd10: str
    snomed: str
    onset: date
    recorded: date
    abated: date | None = None
    listed: bool = True
    concern: bool = False
    severity: str = ""


class Diagnosis(NamedTuple):
    """What a visit was found to be about.

    Attributes:
        icd10, snomed: may be more general than the problem's, or a reason that is no disease (``Z00.00``).
        problem: number of the problem that it is an occasion of; 0 for none.
        rank: 1 is the principal diagnosis.
        admission: True for what a stay began with (it may differ from what it ended with).
    """

    icd10: str
    snomed: str
    problem: int
    rank: int
    admission: bool = False


class Allergy(NamedTuple):
    """An allergy or intolerance; ``substance`` is of ``system``, empty for "no known allergy".

    Attributes:
        category: ``food``, ``medication``, ``environment`` or ``biologic``.
        reactions: SNOMED CT manifestations. severity: ``mild``, ``moderate`` or ``severe``.
        status: ``active``, ``inactive`` or ``resolved``.
    """

    system: str
    substance: str
    category: str
    criticality: str
    reactions: tuple[str, ...]
    severity: str
    onset: date | None
    recorded: date
    status: str = "active"


class Vitals(NamedTuple):
    """Vital signs of one visit; None is what was not measured.

    Attributes:
        height, weight: cm, kg. head: circumference in cm, under 3 years. temperature: degrees Fahrenheit.
        pulse, breaths: a minute. saturation: percent. systolic, diastolic: mmHg. pain: 0 to 10.
        oxygen: (flow in L/min, concentration in percent) where it was given.
        percentiles of under 20: bmi_percentile (2 to 20 years), weight_for_height_percentile (under 3 years),
        head_percentile (under 3 years).
    """

    taken: datetime
    height: float | None
    weight: float | None
    bmi: float | None
    temperature: float
    pulse: int
    breaths: int
    saturation: int
    systolic: int | None = None
    diastolic: int | None = None
    head: float | None = None
    oxygen: tuple[float, int] | None = None
    pain: int | None = None
    bmi_percentile: int | None = None
    weight_for_height_percentile: int | None = None
    head_percentile: int | None = None


class Result(NamedTuple):
    """One laboratory value.

    Attributes:
        code: LOINC, one of ``laboratory.ANALYTES``, which knows its unit and reference range.
        value: a number in the analyte's unit, or a SNOMED CT code for a qualitative test, or text for a culture.
        absent: a data-absent-reason code where there is no value (specimen unsatisfactory).
    """

    code: str
    value: float | str
    absent: str = ""


class Panel(NamedTuple):
    """Laboratory work that was ordered at a visit and reported as a whole.

    Attributes:
        code: LOINC of the panel, or of the single test. results: in the order of the report.
        specimen: SNOMED CT type of the specimen.
        reason: number of the problem that it was ordered for; 0 for none (screening).
        status: ``final``, ``preliminary``, ``corrected``, ``registered`` (ordered, no result yet: ``results`` empty).
    """

    code: str
    results: tuple[Result, ...]
    specimen: str
    ordered: datetime
    collected: datetime
    issued: datetime
    reason: int = 0
    status: str = "final"


class Study(NamedTuple):
    """Imaging, an ECG or a lung function test.

    Attributes:
        code: LOINC of the study. category: ``radiology``, ``cardiology``, ``pathology`` or ``pulmonary``.
        findings, conclusion: prose of the report.
        measures: (LOINC, value, UCUM unit) reported with it, such as the ejection fraction or the QRS duration.
        picture: True where an image belongs to the report.
    """

    code: str
    category: str
    performed: datetime
    issued: datetime
    findings: str
    conclusion: str
    measures: tuple[tuple[str, float, str], ...] = ()
    picture: bool = False
    reason: int = 0


class Answer(NamedTuple):
    """An answered question of an instrument: LOINC of the question, LOINC answer code or a number, points scored."""

    question: str
    answer: str | float
    points: int = 0


class Screening(NamedTuple):
    """A questionnaire that was filled in; ``score`` is its total where it has one.

    Attributes:
        instrument: key of ``instruments.INSTRUMENTS``, such as ``phq-9``.
    """

    instrument: str
    taken: datetime
    answers: tuple[Answer, ...]
    score: int | None


class Prescription(NamedTuple):
    """A medicine ordered at a visit.

    Attributes:
        drug: key of ``formulary.FORMULARY``, such as ``metformin-500``. number: place among the person's, from 1.
        started: of the course of treatment that this order continues; equals ``written`` for a new one.
        ends: the day on which it was stopped or used up; None while it is taken.
        status: ``active``, ``completed``, ``stopped``, ``cancelled`` or ``on-hold``.
        stopped_because: why, in words, where ``status`` is ``stopped`` or ``cancelled``.
        setting: ``community``, ``discharge`` or ``inpatient``. fills: the days on which the pharmacy dispensed it.
        reported: True for what the patient says to take but was not ordered here.
        problem: number of the problem it is for; 0 for none.
    """

    drug: str
    number: int
    written: datetime
    started: date
    ends: date | None
    status: str
    setting: str = "community"
    fills: tuple[date, ...] = ()
    reported: bool = False
    problem: int = 0
    stopped_because: str = ""


class Vaccination(NamedTuple):
    """A dose given, or refused.

    Attributes:
        cvx: the vaccine. dose: number in its series, 0 where it is none (influenza).
        visit: order of the visit at which it was given; 0 for what is known from elsewhere (``historical``).
        refused: True where it was offered and not given.
    """

    cvx: str
    day: date
    dose: int
    visit: int
    refused: bool = False


class Operation(NamedTuple):
    """A procedure done.

    Attributes:
        system, code: SNOMED CT or ICD-10-PCS.
        device: key of ``devices.DEVICES`` of what was implanted; empty for none.
        visit: order of the visit; 0 for what is known from elsewhere. problem: its number; 0 for none.
        status: ``completed``, ``not-done`` or ``in-progress``. site: SNOMED CT body site, empty for none.
    """

    system: str
    code: str
    begun: datetime
    ended: datetime
    visit: int
    problem: int = 0
    device: str = ""
    status: str = "completed"
    site: str = ""


class Referral(NamedTuple):
    """A service ordered from others: ``code`` and ``category`` are SNOMED CT, the latter of US Core's categories."""

    code: str
    category: str
    ordered: datetime
    problem: int = 0


class Fact(NamedTuple):
    """A social or personal fact as told at a visit.

    Attributes:
        kind: ``smoking``, ``pack-years``, ``alcohol``, ``occupation``, ``sexual-orientation``, ``pregnancy-status``,
            ``pregnancy-intent``, ``gestational-age``, ``due-date`` …; ``content/social.py`` knows how each is said.
        value: a code (SNOMED CT, or that of the kind), a number, a date or text.
    """

    kind: str
    told: datetime
    value: str | float | date


class Stay(NamedTuple):
    """What a hospital stay adds: admit-source and discharge-disposition codes, and the diet in words if any."""

    source: str
    disposition: str
    planned: bool


class Visit(NamedTuple):
    """One visit or stay, with all that was found, decided and done.

    Attributes:
        order: place among the person's visits, from 1. kind: ``WELLNESS`` …
        provider: number of the clinician at the practice; see ``staff``.
        reasons: ICD-10-CM codes of why the person came, at least one.
        summary, plan: sentences of the note.
    """

    order: int
    kind: str
    start: datetime
    end: datetime
    provider: int
    reasons: tuple[str, ...]
    diagnoses: tuple[Diagnosis, ...]
    vitals: Vitals | None
    panels: tuple[Panel, ...] = ()
    studies: tuple[Study, ...] = ()
    screenings: tuple[Screening, ...] = ()
    facts: tuple[Fact, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    vaccinations: tuple[Vaccination, ...] = ()
    operations: tuple[Operation, ...] = ()
    referrals: tuple[Referral, ...] = ()
    summary: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    stay: Stay | None = None

    @property
    def is_stay(self) -> bool:
        """Whether the person was admitted."""
        return self.stay is not None


class Activity(NamedTuple):
    """Something to do ``times`` every ``period`` ``unit`` (``d``, ``wk``, ``mo``), and how that has gone.

    Attributes:
        kind: a resource type of CarePlan.activity.detail.kind, or empty. status: of care-plan-activity-status.
    """

    description: str
    times: int
    period: int
    unit: str
    outcome: str = ""
    status: str = "in-progress"
    kind: str = ""


class Aim(NamedTuple):
    """A goal: in words, and its target where it can be measured.

    Attributes:
        measure: (LOINC, comparator ``<`` ``<=`` ``>`` ``>=``, value, UCUM unit), None for what is not measured.
        status: of goal-status. achievement: of goal-achievement, empty for not said.
    """

    text: str
    start: date
    due: date
    problem: int
    measure: tuple[str, str, float, str] | None = None
    status: str = "active"
    achievement: str = "in-progress"


class Plan(NamedTuple):
    """A care plan for a problem, agreed at the visit of order ``visit``."""

    title: str
    description: str
    problem: int
    visit: int
    start: date
    end: date
    aims: tuple[Aim, ...]
    activities: tuple[Activity, ...]
    status: str = "active"


class Booking(NamedTuple):
    """An appointment that led to no visit: booked for later, cancelled or missed.

    Attributes:
        status: of appointmentstatus: ``booked``, ``proposed``, ``pending``, ``waitlist``, ``cancelled``, ``noshow``.
        because: a code of appointment-cancellation-reason where it was cancelled.
    """

    status: str
    kind: str
    reason: str
    made: datetime
    start: datetime
    end: datetime
    provider: int
    because: str = ""


class Story(NamedTuple):
    """One person's whole record.

    Attributes:
        problems: in order of onset. visits: in order of time.
        vaccinations, operations: what is known from elsewhere (``visit`` is 0); the rest is in the visits.
        plans: the care plans, the latest for each problem last.
        died: the instant, None for the living; ``cause_of_death`` is its ICD-10-CM code.
    """

    person: Person
    problems: tuple[Problem, ...]
    allergies: tuple[Allergy, ...]
    visits: tuple[Visit, ...]
    vaccinations: tuple[Vaccination, ...]
    operations: tuple[Operation, ...]
    plans: tuple[Plan, ...]
    bookings: tuple[Booking, ...]
    died: datetime | None = None
    cause_of_death: str = ""
