"""The laboratory: which tests there are, what they measure in a person on a day, and how the values read.

``measure`` reads values off the latent levels of the body, so that they agree with each other and with what the person
has. Nothing here knows FHIR; see ``content/laboratory.py`` for that.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from mock_athena.population.laboratory import chemistry, hematology, serology, urine
from mock_athena.population.laboratory.analytes import ANALYTES, B12, HEPATITIS_C, HIV, NEGATIVE, Analyte, flag, limits
from mock_athena.population.laboratory.panels import PANELS, PanelSpec
from mock_athena.population.laboratory.samples import Results, Sample
from mock_athena.population.story import Result

__all__ = ["ALL_NORMAL", "ANALYTES", "PANELS", "Analyte", "PanelSpec", "conclusion", "flag", "limits", "measure"]

ALL_NORMAL = "All values within normal limits"

_WORDS = {"L": "low", "H": "high", "LL": "critically low", "HH": "critically high", "A": "abnormal"}


def _vitamin_b12(of: Sample) -> Results:
    return (Result(B12, round(of.near(470, 110))),)


# Nobody here is positive, as no condition follows it up.
_HIV: Results = (Result(HIV, NEGATIVE),)
_HEPATITIS_C: Results = (Result(HEPATITIS_C, NEGATIVE),)

_MEASURES: dict[str, Callable[[Sample], Results]] = {
    "a1c": chemistry.a1c,
    "metabolic": chemistry.metabolic,
    "comprehensive": chemistry.comprehensive,
    "lipids": chemistry.lipids,
    "blood-count": hematology.blood_count,
    "blood-count-differential": hematology.with_differential,
    "urine-albumin": urine.albumin,
    "thyroid": chemistry.thyroid,
    "iron": chemistry.iron,
    "vitamin-b12": _vitamin_b12,
    "inr": chemistry.inr,
    "troponin": chemistry.troponin,
    "urinalysis": urine.urinalysis,
    "urine-culture": urine.culture,
    "strep-antigen": serology.strep,
    "influenza-covid-antigen": serology.respiratory,
    "pregnancy-test": serology.pregnancy,
    "prenatal": serology.prenatal,
    "glucose-tolerance": chemistry.glucose_tolerance,
    "group-b-strep": serology.group_b,
    "lead": serology.lead,
    "newborn-bilirubin": chemistry.newborn_bilirubin,
    "fecal-immunochemical": serology.occult_blood,
    "pap": serology.cytology,
    "hiv": lambda _: _HIV,
    "hepatitis-c": lambda _: _HEPATITIS_C,
    "chlamydia-gonorrhea": serology.chlamydia,
}


def measure(key: str, who: Any, day: date, shifts: Mapping[str, float], random: Random) -> Results:
    """The results of a panel.

    Args:
        key: of ``PANELS``. who: a ``conditions.module.Prospect``.
        shifts: what the visit's illness adds to latent variables: see ``conditions.module.Illness.shifts``.

    Raises:
        KeyError: there is no such panel.
    """
    person = who.person
    of = Sample(who, day, shifts, random, person.gender, person.age_on(day))
    known = _MEASURES.get(key)
    return known(of) if known else chemistry.single(key, of)


def conclusion(results: Sequence[Result], gender: str, age: float) -> str:
    """The report's conclusion: what is outside the reference range, in words."""
    outside = [
        f"{ANALYTES[made.code].name} {_WORDS[found]}"
        for made in results
        if not made.absent and (found := flag(made.code, made.value, gender, age)) in _WORDS
    ]
    missing = [f"{ANALYTES[made.code].name} not reported: specimen hemolyzed" for made in results if made.absent]
    parts = [f"Outside the reference range: {'; '.join(outside)}"] if outside else []
    return ". ".join(parts + missing) or ALL_NORMAL
