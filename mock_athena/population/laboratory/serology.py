"""Tests that answer with a word: antigens, antibodies, cultures and cytology; the illness of the visit decides them."""

from datetime import date

from mock_athena.population.laboratory import analytes as a
from mock_athena.population.laboratory.samples import Results, Sample
from mock_athena.population.story import Result

_GROUPS = (
    ("278147001", 380),
    ("278148006", 70),
    ("278149003", 340),
    ("278152006", 60),
    ("278150003", 90),
    ("278153001", 20),
    ("278151004", 30),
    ("278154007", 10),
)
"""ABO and Rh(D) group (SNOMED CT), in thousandths of the population."""
COVID_TESTED_SINCE = date(2020, 9, 1)
NORMAL_SMEAR = a.ANALYTES[a.CYTOLOGY].normal
UNCERTAIN_SMEAR = "Atypical squamous cells of undetermined significance"


def _positive(found: bool) -> str:
    return a.POSITIVE if found else a.NEGATIVE


def _detected(found: bool) -> str:
    return a.DETECTED if found else a.NOT_DETECTED


def strep(of: Sample) -> Results:
    """The rapid test of a throat swab."""
    return (Result(a.STREP, _positive(of.shifts.get("strep", 0.0) > 0)),)


def respiratory(of: Sample) -> Results:
    """Influenza A and B and SARS-CoV-2; three of four influenzas are A; nobody tested for the other before 2020."""
    influenza = of.shifts.get("influenza", 0.0) > 0
    is_a = of.random.random() < 0.75
    flu = (
        Result(a.INFLUENZA_A, _positive(influenza and is_a)),
        Result(a.INFLUENZA_B, _positive(influenza and not is_a)),
    )
    if of.day < COVID_TESTED_SINCE:
        return flu
    return *flu, Result(a.COVID, _positive(of.shifts.get("covid", 0.0) > 0))


def pregnancy(of: Sample) -> Results:
    """The urine test."""
    return (Result(a.PREGNANCY, _positive(of.shifts.get("pregnancy", 0.0) > 0)),)


def blood_group(of: Sample) -> str:
    """ABO and Rh(D) group (SNOMED CT), the same whenever it is tested."""
    random = of.who.person.stream("blood-group")
    return str(random.choices([code for code, _ in _GROUPS], [share for _, share in _GROUPS])[0])


def prenatal(of: Sample) -> Results:
    """The first visit's serology of a pregnancy."""
    return (
        Result(a.BLOOD_GROUP, blood_group(of)),
        Result(a.ANTIBODIES, a.NEGATIVE),
        Result(a.HBSAG, a.NEGATIVE),
        Result(a.RPR, a.NEGATIVE),
        Result(a.HIV, a.NEGATIVE),
    )


def group_b(of: Sample) -> Results:
    """Group B streptococcus, carried by about a fifth."""
    return (Result(a.GROUP_B, _detected(of.random.random() < 0.21)),)


def lead(of: Sample) -> Results:
    """Blood lead of a small child: low, now and then above the reference value of 3.5 ug/dL."""
    high = of.random.random() < 0.025
    return (Result(a.LEAD, round(of.near(5.2 if high else 1.3, 0.35), 1)),)


def occult_blood(of: Sample) -> Results:
    """The yearly stool test."""
    return (Result(a.OCCULT_BLOOD, _positive(of.random.random() < 0.045)),)


def cytology(of: Sample) -> Results:
    """A cervical smear."""
    return (Result(a.CYTOLOGY, UNCERTAIN_SMEAR if of.random.random() < 0.035 else NORMAL_SMEAR),)


def chlamydia(of: Sample) -> Results:
    """Chlamydia and gonorrhoea of a urine specimen."""
    return (
        Result(a.CHLAMYDIA, _detected(of.shifts.get("chlamydia", 0.0) > 0)),
        Result(a.GONORRHOEA, a.NOT_DETECTED),
    )
