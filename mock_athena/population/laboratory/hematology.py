"""Blood counts: the red cell indices are computed from the counts that are reported, the differential sums to 100 %."""

from mock_athena.population.laboratory import analytes as a
from mock_athena.population.laboratory.samples import Results, Sample
from mock_athena.population.story import Result

_SMALL_CELLS = 78.0


def blood_count(of: Sample) -> Results:
    """A complete blood count."""
    return _count(of, _leukocytes(of))


def with_differential(of: Sample) -> Results:
    """A complete blood count with the share of each kind of leukocyte."""
    leukocytes = _leukocytes(of)
    return *_count(of, leukocytes), *_differential(of, leukocytes)


def _leukocytes(of: Sample) -> float:
    return round(max(1.5, of.near(of.level("leukocytes"), 0.5)), 1)


def _count(of: Sample, leukocytes: float) -> Results:
    volume = of.near(of.level("mcv"), 0.8)
    hemoglobin = round(max(5.0, of.near(of.level("hemoglobin"), 0.2)), 1)
    small = volume < _SMALL_CELLS and of.age >= 12
    hematocrit = round(hemoglobin * 100 / of.near(32.2 if small else 33.6, 0.35), 1)
    erythrocytes = round(hematocrit * 10 / volume, 2)
    return (
        Result(a.LEUKOCYTES, leukocytes),
        Result(a.ERYTHROCYTES, erythrocytes),
        Result(a.HEMOGLOBIN, hemoglobin),
        Result(a.HEMATOCRIT, hematocrit),
        Result(a.MCV, round(hematocrit * 10 / erythrocytes, 1)),
        Result(a.MCH, round(hemoglobin * 10 / erythrocytes, 1)),
        Result(a.MCHC, round(hemoglobin * 100 / hematocrit, 1)),
        Result(a.RDW, round(of.near(16.4 if small else 13.1, 0.5), 1)),
        Result(a.PLATELETS, round(max(20, of.near(of.level("platelets"), 12)))),
    )


def _differential(of: Sample, leukocytes: float) -> Results:
    """Neutrophils rise with what fights bacteria; small children have more lymphocytes than adults."""
    neutrophils = of.near(57.0 if of.age >= 6 else 38.0, 4.0) + max(0.0, of.shifts.get("leukocytes", 0.0)) * 2.8
    neutrophils = round(min(86.0, neutrophils), 1)
    monocytes = round(of.near(6.5, 1.1), 1)
    eosinophils, basophils = round(of.near(2.4, 0.8), 1), round(of.near(0.6, 0.15), 1)
    lymphocytes = round(100 - neutrophils - monocytes - eosinophils - basophils, 1)
    return (
        Result(a.NEUTROPHILS, neutrophils),
        Result(a.LYMPHOCYTES, lymphocytes),
        Result(a.MONOCYTES, monocytes),
        Result(a.EOSINOPHILS, eosinophils),
        Result(a.BASOPHILS, basophils),
        Result(a.NEUTROPHIL_COUNT, round(leukocytes * neutrophils / 100, 2)),
        Result(a.LYMPHOCYTE_COUNT, round(leukocytes * lymphocytes / 100, 2)),
    )
