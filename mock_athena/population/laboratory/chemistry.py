"""Blood chemistry: what is reported together agrees (eGFR with creatinine, anion gap, Friedewald, iron saturation).

eGFR is CKD-EPI 2021: https://www.kidney.org/professionals/kdoqi/gfr_calculator; the average glucose of an A1c is
28.7 A1c - 46.7: https://doi.org/10.2337/dc08-0545.
"""

import math

from mock_athena.population.laboratory import analytes as a
from mock_athena.population.laboratory.samples import Results, Sample
from mock_athena.population.story import Result

ADULT = 18
FASTING = 0.86
"""A fasting glucose over the average glucose that the A1c stands for."""
_HEMOLYZED = 0.04


def creatinine_of(egfr: float, gender: str, age: float) -> float:
    """The serum creatinine in mg/dL whose CKD-EPI 2021 estimate is ``egfr`` (mL/min/1.73 m2), of an adult."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if gender == "female" else (0.9, -0.302, 1.0)
    share = egfr / (142 * factor * 0.9938**age)
    ratio: float = share ** (1 / alpha) if share > 1 else share ** (-1 / 1.2)
    return kappa * ratio


def egfr_of(creatinine: float, gender: str, age: float) -> float:
    """The CKD-EPI 2021 estimate in mL/min/1.73 m2 for a serum creatinine in mg/dL, of an adult."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if gender == "female" else (0.9, -0.302, 1.0)
    ratio = creatinine / kappa
    shape: float = ratio**alpha if ratio < 1 else ratio**-1.2
    estimate: float = 142 * factor * shape * 0.9938**age
    return estimate


def a1c(of: Sample) -> Results:
    """Haemoglobin A1c, which moves a little from visit to visit."""
    return (Result(a.A1C, round(max(4.2, of.near(of.level("a1c"), 0.1)), 1)),)


def metabolic(of: Sample) -> Results:
    """A basic metabolic panel; children have no eGFR."""
    glucose = max(45, of.near(FASTING * (28.7 * of.level("a1c") - 46.7), 3.5) + of.shifts.get("glucose", 0.0))
    sodium = round(of.near(of.level("sodium"), 0.9))
    carbonate = round(of.near(25.0 if of.age >= 6 else 23.0, 1.1) + of.shifts.get("bicarbonate", 0.0))
    gap = round(of.near(11.0, 1.1) - of.shifts.get("bicarbonate", 0.0))
    return (
        Result(a.GLUCOSE, round(glucose)),
        *_kidney(of),
        Result(a.SODIUM, sodium),
        _potassium(of),
        Result(a.CHLORIDE, sodium - carbonate - gap),
        Result(a.BICARBONATE, carbonate),
        Result(a.CALCIUM, round(of.near(9.5, 0.22), 1)),
        Result(a.ANION_GAP, gap),
    )


def _kidney(of: Sample) -> Results:
    """Urea and creatinine, which both rise as the filtration falls."""
    if of.age < ADULT:
        creatinine = round(of.near(0.22 + 0.031 * of.age, 0.02 + 0.003 * of.age), 2)
        return Result(a.UREA, round(of.near(12, 2.2))), Result(a.CREATININE, creatinine)
    level = of.level("egfr")
    egfr = max(6.0, of.near(level, min(2.0, 0.04 * level)))
    creatinine = round(creatinine_of(egfr, of.gender, of.age), 2)
    urea = of.near(13.0, 2.0) * max(1.0, 85 / egfr) ** 0.75
    return (
        Result(a.UREA, round(urea)),
        Result(a.CREATININE, creatinine),
        Result(a.EGFR, round(egfr_of(creatinine, of.gender, of.age))),
    )


def _potassium(of: Sample) -> Result:
    """Potassium; a haemolyzed specimen gives none."""
    if of.random.random() < _HEMOLYZED:
        return Result(a.POTASSIUM, "", "not-performed")
    return Result(a.POTASSIUM, round(of.near(of.level("potassium"), 0.16), 1))


def comprehensive(of: Sample) -> Results:
    """A comprehensive metabolic panel: protein is albumin and globulin, AST goes with ALT."""
    albumin = round(of.near(4.4 - max(0.0, of.age - 60) * 0.008, 0.14) + of.shifts.get("albumin", 0.0), 1)
    alt = max(7, round(of.near(of.level("alt"), 2.5)))
    phosphatase = of.near(70, 12) if of.age >= ADULT else of.near(230 if of.age < 14 else 140, 35)
    return (
        *metabolic(of),
        Result(a.PROTEIN, round(albumin + of.near(2.7 if of.age >= 2 else 2.0, 0.16), 1)),
        Result(a.ALBUMIN, albumin),
        Result(a.BILIRUBIN, round(max(0.2, of.near(0.6, 0.17) + of.shifts.get("bilirubin", 0.0)), 1)),
        Result(a.ALKALINE_PHOSPHATASE, round(phosphatase + of.shifts.get("alkaline_phosphatase", 0.0))),
        Result(a.ALT, alt),
        Result(a.AST, max(11, round(alt * of.near(0.62, 0.05) + (8 if of.age >= 6 else 17)))),
    )


def lipids(of: Sample) -> Results:
    """Cholesterol and its parts; the measured LDL is close to what Friedewald's formula gives."""
    ldl = max(25, round(of.near(of.level("ldl"), 4.0)))
    hdl = max(22, round(of.near(of.level("hdl"), 1.8)))
    triglyceride = max(35, round(of.near(of.level("triglycerides"), 9.0)))
    total = round(ldl + hdl + min(triglyceride, 400) / 5 + of.near(0.0, 1.5))
    return (
        Result(a.CHOLESTEROL, total),
        Result(a.TRIGLYCERIDE, triglyceride),
        Result(a.HDL, hdl),
        Result(a.LDL, ldl),
    )


def thyroid(of: Sample) -> Results:
    """TSH, and the free T4 where the TSH is outside its range (a reflex test)."""
    tsh = round(max(0.02, of.level("tsh") * of.near(1.0, 0.06)), 2)
    if a.flag(a.TSH, tsh, of.gender, of.age) == "N":
        return (Result(a.TSH, tsh),)
    free = max(0.3, of.near(1.25, 0.05) - 0.16 * math.log(max(0.02, tsh) / 1.8))
    return Result(a.TSH, tsh), Result(a.FREE_T4, round(free, 2))


def iron(of: Sample) -> Results:
    """Iron studies: empty stores bind more and are saturated less."""
    ferritin = max(3.0, of.level("ferritin") * of.near(1.0, 0.06))
    want = max(0.0, 1 - ferritin / 30)
    binding = round(of.near(310 + 120 * want, 14))
    carried = round(binding * of.near(27 - 19 * min(1.0, want * 1.4), 2.0) / 100)
    return (
        Result(a.IRON, carried),
        Result(a.BINDING, binding),
        Result(a.SATURATION, round(carried * 100 / binding)),
        Result(a.FERRITIN, round(ferritin)),
    )


def inr(of: Sample) -> Results:
    """Prothrombin time and INR; ``shifts["inr"]`` is the INR aimed at with warfarin."""
    ratio = of.near(of.shifts["inr"], 0.3) if "inr" in of.shifts else of.near(1.0, 0.04)
    return Result(a.PROTHROMBIN, round(11.6 * ratio, 1)), Result(a.INR, round(ratio, 1))


def troponin(of: Sample) -> Results:
    """High-sensitivity troponin I; any shift stands for an infarction."""
    hurt = of.shifts.get("troponin", 0.0) > 0
    return (Result(a.TROPONIN, round(of.near(640.0, 240.0) if hurt else of.near(6.0, 1.8))),)


def newborn_bilirubin(of: Sample) -> Results:
    """Total bilirubin of the first days: it peaks about the fourth."""
    days = of.age * 365.25
    return (Result(a.BILIRUBIN, round(max(0.8, of.near(9.0 - abs(days - 4) * 0.5, 1.4)), 1)),)


def glucose_tolerance(of: Sample) -> Results:
    """Glucose two hours after 75 g, in pregnancy."""
    base = 112 + 14 * max(0.0, of.level("a1c") - 5.2) / 0.4 + of.shifts.get("glucose_tolerance", 0.0)
    return (Result(a.GLUCOSE_2_HOURS, round(of.near(base, 11))),)


_PLAIN = {
    "vitamin-d": (a.VITAMIN_D, "vitamin_d", 1.5, 0, 4.0),
    "psa": (a.PSA, "psa", 0.08, 1, 0.1),
    "nt-probnp": (a.NT_PRO_BNP, "bnp", 0.0, 0, 10.0),
    "crp": (a.CRP, "crp", 0.15, 1, 0.2),
    "uric-acid": (a.URATE, "uric_acid", 0.2, 1, 1.5),
}


def single(key: str, of: Sample) -> Results:
    """A single test that reads one latent variable: ``vitamin-d``, ``psa``, ``nt-probnp``, ``crp``, ``uric-acid``."""
    code, variable, spread, decimals, least = _PLAIN[key]
    level = of.level(variable)
    value = max(least, of.near(level, spread or level * 0.06))
    return (Result(code, round(value, decimals) if decimals else round(value)),)
