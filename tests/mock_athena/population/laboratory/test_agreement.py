from collections.abc import Iterator

import pytest

from mock_athena.population import laboratory
from mock_athena.population.laboratory import analytes as a
from mock_athena.population.laboratory.chemistry import creatinine_of, egfr_of
from tests.mock_athena.population.someone import TODAY, people


def measured(key: str, count: int = 120, *, adults: bool = False, **shifts: float) -> Iterator[dict[str, float]]:
    for who, random in people(count, adults=adults):
        results = laboratory.measure(key, who, TODAY, shifts, random)
        yield {made.code: made.value for made in results if isinstance(made.value, int | float)}


def test_the_measured_ldl_is_near_friedewald() -> None:
    for of in measured("lipids"):
        formula = of[a.CHOLESTEROL] - of[a.HDL] - of[a.TRIGLYCERIDE] / 5
        assert abs(of[a.LDL] - formula) <= 4


def test_red_cell_indices_are_computed_from_the_counts() -> None:
    for of in measured("blood-count"):
        assert of[a.MCV] == pytest.approx(of[a.HEMATOCRIT] * 10 / of[a.ERYTHROCYTES], abs=0.06)
        assert of[a.MCH] == pytest.approx(of[a.HEMOGLOBIN] * 10 / of[a.ERYTHROCYTES], abs=0.06)
        assert of[a.MCHC] == pytest.approx(of[a.HEMOGLOBIN] * 100 / of[a.HEMATOCRIT], abs=0.06)


@pytest.mark.parametrize("shift", [0.0, 8.0])
def test_the_differential_sums_to_100(shift: float) -> None:
    for of in measured("blood-count-differential", leukocytes=shift):
        kinds = (a.NEUTROPHILS, a.LYMPHOCYTES, a.MONOCYTES, a.EOSINOPHILS, a.BASOPHILS)
        assert sum(of[kind] for kind in kinds) == pytest.approx(100, abs=0.001)
        assert all(of[kind] >= 0 for kind in kinds)
        assert of[a.NEUTROPHIL_COUNT] == pytest.approx(of[a.LEUKOCYTES] * of[a.NEUTROPHILS] / 100, abs=0.006)


def test_creatinine_and_egfr_are_each_others_inverse() -> None:
    for gender in ("female", "male"):
        for age in (19, 45, 90):
            for egfr in (12, 44, 75, 118):
                assert egfr_of(creatinine_of(egfr, gender, age), gender, age) == pytest.approx(egfr)


def test_known_values_of_ckd_epi_2021() -> None:
    assert round(egfr_of(1.0, "male", 50)) == 92
    assert round(egfr_of(1.0, "female", 50)) == 69


def test_adults_have_an_egfr_of_their_creatinine_and_children_none() -> None:
    for who, random in people(120):
        results = {made.code: made.value for made in laboratory.measure("metabolic", who, TODAY, {}, random)}
        age = who.person.age_on(TODAY)
        assert (a.EGFR in results) == (age >= 18)
        if age >= 18:
            assert results[a.EGFR] == round(egfr_of(float(results[a.CREATININE]), who.person.gender, age))


def test_the_anion_gap_is_that_of_the_salts() -> None:
    for of in measured("comprehensive"):
        assert of[a.ANION_GAP] == of[a.SODIUM] - of[a.CHLORIDE] - of[a.BICARBONATE]
        assert of[a.PROTEIN] > of[a.ALBUMIN]


def test_glucose_follows_the_a1c() -> None:
    for who, random in people(60, adults=True):
        who.levels["a1c"] = 9.0
        results = {made.code: made.value for made in laboratory.measure("metabolic", who, TODAY, {}, random)}
        assert float(results[a.GLUCOSE]) == pytest.approx(0.86 * (28.7 * 9.0 - 46.7), abs=8)


def test_the_albumin_ratio_is_that_of_albumin_and_creatinine() -> None:
    for of in measured("urine-albumin"):
        assert of[a.ALBUMIN_RATIO] == round(of[a.URINE_ALBUMIN] * 100 / of[a.URINE_CREATININE])


def test_iron_saturation_is_that_of_iron_and_binding_capacity() -> None:
    for who, random in people(60, adults=True):
        who.levels["ferritin"] = 6.0
        of = {made.code: made.value for made in laboratory.measure("iron", who, TODAY, {}, random)}
        assert of[a.SATURATION] == round(float(of[a.IRON]) * 100 / float(of[a.BINDING]))
        assert float(of[a.SATURATION]) < 15
