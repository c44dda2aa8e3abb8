import pytest

from mock_athena.population import laboratory
from mock_athena.population.laboratory import analytes as a
from tests.mock_athena.population.someone import TODAY, people


@pytest.mark.parametrize(
    ("code", "value", "gender", "age", "flag"),
    [
        (a.HEMOGLOBIN, 12.5, "female", 40, "N"),
        (a.HEMOGLOBIN, 12.5, "male", 40, "L"),
        (a.HEMOGLOBIN, 11.2, "male", 1.5, "N"),
        (a.HEMOGLOBIN, 6.4, "female", 40, "LL"),
        (a.POTASSIUM, 6.8, "male", 70, "HH"),
        (a.POTASSIUM, 5.4, "male", 70, "H"),
        (a.CREATININE, 1.2, "female", 50, "H"),
        (a.CREATININE, 1.2, "male", 50, "N"),
        (a.ALKALINE_PHOSPHATASE, 250, "male", 8, "N"),
        (a.ALKALINE_PHOSPHATASE, 250, "male", 30, "H"),
        (a.LDL, 90, "male", 30, "N"),
        (a.STREP, a.POSITIVE, "male", 8, "A"),
        (a.STREP, a.NEGATIVE, "male", 8, "N"),
        (a.BLOOD_GROUP, "278147001", "female", 30, ""),
    ],
)
def test_a_value_is_flagged_by_sex_and_age(code: str, value: float | str, gender: str, age: float, flag: str) -> None:
    assert laboratory.flag(code, value, gender, age) == flag


@pytest.mark.parametrize("key", sorted(laboratory.PANELS))
def test_a_panel_reports_members_that_it_names_in_their_order(key: str) -> None:
    for who, random in people(12):
        codes = [made.code for made in laboratory.measure(key, who, TODAY, {}, random)]
        members = laboratory.PANELS[key].members
        assert codes
        assert codes == [code for code in members if code in codes]


@pytest.mark.parametrize("key", ["metabolic", "comprehensive", "blood-count-differential", "thyroid", "inr", "crp"])
def test_the_healthy_are_nearly_always_within_range(key: str) -> None:
    flags = [
        laboratory.flag(made.code, made.value, who.person.gender, who.person.age_on(TODAY))
        for who, random in people(150)
        if who.person.age_on(TODAY) > 0.1
        for made in laboratory.measure(key, who, TODAY, {}, random)
        if not made.absent
    ]
    assert sum(flag != "N" for flag in flags) < 0.04 * len(flags)


def test_no_healthy_person_has_a_critical_value() -> None:
    for who, random in people(100):
        for key in laboratory.PANELS:
            for made in laboratory.measure(key, who, TODAY, {}, random):
                flag = laboratory.flag(made.code, made.value, who.person.gender, who.person.age_on(TODAY))
                assert made.absent or flag not in ("LL", "HH"), made


def test_a_report_without_anything_unusual_says_so() -> None:
    who, stream = next(people(1))
    results = laboratory.measure("urine-culture", who, TODAY, {}, stream)
    assert laboratory.conclusion(results, "female", 30) == laboratory.ALL_NORMAL


def test_a_conclusion_names_what_is_outside_the_range() -> None:
    who, stream = next(people(1))
    results = laboratory.measure("strep-antigen", who, TODAY, {"strep": 1}, stream)
    assert laboratory.conclusion(results, "female", 9) == (
        "Outside the reference range: Group A streptococcus antigen abnormal"
    )


def test_an_infected_urine_is_so_in_every_part() -> None:
    for who, stream in people(20):
        shifts = {"leukocyte_esterase": 1.0, "nitrite": 1.0}
        of = {made.code: made.value for made in laboratory.measure("urinalysis", who, TODAY, shifts, stream)}
        assert (of[a.ESTERASE], of[a.NITRITE], of[a.APPEARANCE]) == (a.POSITIVE, a.POSITIVE, "Cloudy")
        assert float(of[a.U_LEUKOCYTES]) > 5
        assert laboratory.measure("urine-culture", who, TODAY, shifts, stream)[0].value == a.ESCHERICHIA_COLI


def test_nobody_is_tested_for_covid_before_it_was_there() -> None:
    who, stream = next(people(1))
    codes = [made.code for made in laboratory.measure("influenza-covid-antigen", who, TODAY.replace(2019), {}, stream)]
    assert a.COVID not in codes
    assert a.INFLUENZA_A in codes
