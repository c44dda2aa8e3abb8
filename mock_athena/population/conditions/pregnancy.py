"""Pregnancies: prenatal visits by gestational week, the birth, the visit six weeks later.

Visits and tests follow https://www.acog.org/womens-health/faqs/routine-tests-during-pregnancy; rates are those of
births by age in the United States: https://www.cdc.gov/nchs/fastats/births.htm. The problem is listed while it lasts.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from mock_athena.population.cast import role
from mock_athena.population.conditions.module import Admission, Occasion, Order, Passing, Programme, Prospect, Remedy
from mock_athena.population.story import FOLLOW_UP, PRENATAL, STAY

KEY = "pregnancy"
PREGNANT, NOT_PREGNANT = "77386006", "60001007"

_TERM, _YEAR = 280, 365.25
_RATES = ((18, 20, 0.03), (20, 25, 0.07), (25, 30, 0.1), (30, 35, 0.095), (35, 40, 0.05), (40, 43, 0.01))
_WEEKS = (8, 12, 16, 20, 24, 27, 30, 32, 34, 36, 37, 38, 39)
_CESAREAN = 0.31

_AT_WEEK: dict[int, tuple[Order, ...]] = {
    8: (
        Order("panel", "pregnancy-test"),
        Order("panel", "prenatal"),
        Order("panel", "blood-count"),
        Order("panel", "urinalysis"),
        Order("panel", "chlamydia-gonorrhea"),
        Order("study", "obstetric-ultrasound"),
        Order("referral", "obstetrics"),
    ),
    20: (Order("study", "obstetric-ultrasound"), Order("panel", "urinalysis", share=0.6)),
    27: (Order("panel", "glucose-tolerance"), Order("panel", "blood-count"), Order("panel", "urinalysis", share=0.6)),
    36: (Order("panel", "group-b-strep"), Order("panel", "blood-count"), Order("panel", "urinalysis", share=0.6)),
}
_USUAL = (Order("panel", "urinalysis", share=0.6),)

_BIRTH = Admission(
    icd10="O80",
    snomed="",
    yearly=0,
    days=(1, 2),
    remedies=(Remedy("acetaminophen-500", 0.8),),
    discharge=(Remedy("ibuprofen-200", 0.8),),
    orders=(Order("panel", "blood-count"), Order("operation", "vaginal-delivery")),
    summary=("Labor at term; vaginal delivery of a healthy child. Mother and child are well.",),
)
_SECTION = Admission(
    icd10="O82",
    snomed="",
    yearly=0,
    days=(3, 4),
    planned=True,
    remedies=(Remedy("morphine-injection", 0.9), Remedy("enoxaparin-injection", 0.4)),
    discharge=(Remedy("acetaminophen-500"), Remedy("ibuprofen-200", 0.8)),
    orders=(Order("panel", "blood-count"), Order("operation", "cesarean")),
    summary=("Cesarean delivery of a healthy child. Mother and child are well, the wound is dry.",),
)


class Pregnancy(NamedTuple):
    """One pregnancy.

    Attributes:
        begun: first day of the last period. due: 280 days later. born: the day of the birth.
        parity: births before it. cesarean: how it ends.
    """

    begun: date
    due: date
    born: date
    parity: int
    cesarean: bool


def pregnancies(who: Prospect, since: date, until: date) -> tuple[Pregnancy, ...]:
    """The pregnancies of which some part lies between ``since`` and ``until``; the same however often it is asked."""
    old = who.person.age_on(until)
    if who.person.gender != "female" or old < _RATES[0][0] or who.person.age_on(since) > _RATES[-1][1] + 1:
        return ()
    random = who.person.stream("pregnancies")
    part = role(who.person.n)
    if part is not None and KEY in part.programmes:
        return (_made(until - timedelta(days=7 * random.randint(31, 35)), random, random.randint(0, 1)),)
    return tuple(_drawn(who, since, until, random))


def _drawn(who: Prospect, since: date, until: date, random: Random) -> Iterator[Pregnancy]:
    """By half years; a child that was born keeps the next away for a year."""
    born, parity = who.person.born, 0
    day = max(since - timedelta(days=_TERM), born + timedelta(days=int(_RATES[0][0] * _YEAR)))
    parity = int(max(0.0, who.person.age_on(day) - 20) * 0.1 * random.random() * 2)
    while day < until:
        age = who.person.age_on(day)
        yearly = next((rate for low, high, rate in _RATES if low <= age < high), 0.0)
        if random.random() < yearly / 2:
            made = _made(day + timedelta(days=random.randint(0, 180)), random, parity)
            if made.born >= since and made.begun < until:
                yield made
            parity += 1
            day = made.born + timedelta(days=400)
        else:
            day += timedelta(days=182)


def _made(begun: date, random: Random, parity: int) -> Pregnancy:
    length = max(246, min(290, int(random.gauss(275, 9))))
    due, born = begun + timedelta(days=_TERM), begun + timedelta(days=length)
    return Pregnancy(begun, due, born, parity, random.random() < _CESAREAN)


def _occasions(who: Prospect, since: date, until: date, random: Random) -> Iterator[Occasion]:
    for one in pregnancies(who, since, until):
        for made in (*_prenatal(one, random), _delivery(one), _postpartum(one, random)):
            if since <= made.day < until:
                yield made


def _prenatal(one: Pregnancy, random: Random) -> Iterator[Occasion]:
    for week in _WEEKS:
        day = one.begun + timedelta(days=7 * week + random.randint(0, 5))
        if day < one.born - timedelta(days=2):
            yield _visit(one, week, day)


def _visit(one: Pregnancy, week: int, day: date) -> Occasion:
    trimester = 1 if week < 14 else 2 if week < 28 else 3
    return Occasion(
        day,
        PRENATAL,
        f"Z34.{8 if one.parity else 0}{trimester}",
        PREGNANT,
        KEY,
        orders=_AT_WEEK.get(week, _USUAL),
        shifts=changes(week),
        facts=(
            ("pregnancy-status", PREGNANT),
            ("gestational-age", (day - one.begun).days // 7),
            ("due-date", one.due),
        ),
        signs=_signs(week),
        advice=_advice(week),
    )


def changes(week: int) -> tuple[tuple[str, float], ...]:
    """What a pregnancy does to the body: the blood is diluted, the pulse faster, the weight greater."""
    return (
        ("pregnancy", 1),
        ("pulse", 4 + week * 0.2),
        ("systolic", -4 if 14 <= week < 30 else 0),
        ("hemoglobin", -0.9 if week >= 20 else -0.3),
        ("leukocytes", 1.6),
        ("weight", max(0.0, (week - 10) * 0.42)),
    )


def _signs(week: int) -> tuple[str, ...]:
    if week < 14:
        return (f"{week} weeks pregnant; some nausea, no bleeding.",)
    heart = f"{week} weeks pregnant; fetal heart rate 145 a minute."
    return (heart,) if week < 20 else (heart, f"Fundal height {week} cm; the child moves well.")


def _advice(week: int) -> tuple[str, ...]:
    if week < 14:
        return ("A prenatal vitamin with folic acid every day.", "No alcohol or tobacco.")
    if week < 30:
        return ("Balanced meals and daily walks.",)
    return ("Count the movements of the child.", "Come in for bleeding, leaking fluid or regular contractions.")


def _delivery(one: Pregnancy) -> Occasion:
    stay = _SECTION if one.cesarean else _BIRTH
    return Occasion(
        one.born,
        STAY,
        stay.icd10,
        stay.snomed,
        KEY,
        orders=stay.orders,
        shifts=(
            ("pain", 5),
            ("pulse", 14),
            ("systolic", 6),
            ("hemoglobin", -1.4),
            ("leukocytes", 4.0),
            ("weight", 12.0),
        ),
        admission=stay,
    )


def _postpartum(one: Pregnancy, random: Random) -> Occasion:
    return Occasion(
        one.born + timedelta(days=random.randint(40, 46)),
        FOLLOW_UP,
        "Z39.2",
        "",
        KEY,
        orders=(Order("screening", "phq-9"),),
        shifts=(("weight", 3.5),),
        facts=(("pregnancy-status", NOT_PREGNANT),),
        signs=("Six weeks after the birth; uterus back to its size, sleeping in short stretches, child feeding well.",),
        advice=("Contraception talked over.", "Call if the mood stays low."),
    )


def _problems(who: Prospect, since: date, until: date) -> Iterator[Passing]:
    for one in pregnancies(who, since, until):
        found = max(since, one.begun + timedelta(days=56))
        if found < until and one.born > found:
            yield Passing("Z33.1", PREGNANT, one.begun, found, one.born if one.born < until else None)


PROGRAMME = Programme(key=KEY, name="pregnancy", occasions=_occasions, problems=_problems)
