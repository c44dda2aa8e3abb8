"""The panels: what is ordered by one name, what it reports, from which specimen, and how long it takes."""

from typing import NamedTuple

from mock_athena.population.laboratory import analytes as a

SERUM, BLOOD, URINE, THROAT, NASOPHARYNX = "119364003", "122555007", "122575003", "258529004", "258500001"
STOOL, CAPILLARY, PLASMA, CERVIX = "119339001", "122554006", "119361006", "702701006"

_QUICK, _SAME_DAY, _NEXT_DAY, _DAYS, _WEEK = (10, 25), (180, 600), (900, 1700), (2000, 4300), (5000, 11000)


class PanelSpec(NamedTuple):
    """A panel.

    Attributes:
        code: LOINC of the panel or of the single test. members: LOINC of what is reported, in order; some may be left
            out (no eGFR for children, free T4 only beside an abnormal TSH).
        specimen: SNOMED CT. turnaround: (fewest, most) minutes from the collection to the report.
    """

    code: str
    members: tuple[str, ...]
    specimen: str
    turnaround: tuple[int, int]


_BMP = (
    a.GLUCOSE,
    a.UREA,
    a.CREATININE,
    a.EGFR,
    a.SODIUM,
    a.POTASSIUM,
    a.CHLORIDE,
    a.BICARBONATE,
    a.CALCIUM,
    a.ANION_GAP,
)
_CMP = (*_BMP, a.PROTEIN, a.ALBUMIN, a.BILIRUBIN, a.ALKALINE_PHOSPHATASE, a.ALT, a.AST)
_CBC = (
    a.LEUKOCYTES,
    a.ERYTHROCYTES,
    a.HEMOGLOBIN,
    a.HEMATOCRIT,
    a.MCV,
    a.MCH,
    a.MCHC,
    a.RDW,
    a.PLATELETS,
)
_DIFFERENTIAL = (
    a.NEUTROPHILS,
    a.LYMPHOCYTES,
    a.MONOCYTES,
    a.EOSINOPHILS,
    a.BASOPHILS,
    a.NEUTROPHIL_COUNT,
    a.LYMPHOCYTE_COUNT,
)
_URINALYSIS = (
    a.COLOR,
    a.APPEARANCE,
    a.GRAVITY,
    a.PH,
    a.U_GLUCOSE,
    a.U_PROTEIN,
    a.KETONES,
    a.BLOOD,
    a.NITRITE,
    a.ESTERASE,
    a.U_LEUKOCYTES,
    a.U_ERYTHROCYTES,
)


def _single(code: str, specimen: str, turnaround: tuple[int, int] = _SAME_DAY) -> PanelSpec:
    return PanelSpec(code, (code,), specimen, turnaround)


PANELS: dict[str, PanelSpec] = {
    "a1c": _single(a.A1C, BLOOD),
    "metabolic": PanelSpec("51990-0", _BMP, SERUM, _SAME_DAY),
    "comprehensive": PanelSpec("24323-8", _CMP, SERUM, _SAME_DAY),
    "lipids": PanelSpec("57698-3", (a.CHOLESTEROL, a.TRIGLYCERIDE, a.HDL, a.LDL), SERUM, _SAME_DAY),
    "blood-count": PanelSpec("58410-2", _CBC, BLOOD, _SAME_DAY),
    "blood-count-differential": PanelSpec("57021-8", _CBC + _DIFFERENTIAL, BLOOD, _SAME_DAY),
    "urine-albumin": PanelSpec(
        a.ALBUMIN_RATIO, (a.URINE_ALBUMIN, a.URINE_CREATININE, a.ALBUMIN_RATIO), URINE, _NEXT_DAY
    ),
    "thyroid": PanelSpec(a.TSH, (a.TSH, a.FREE_T4), SERUM, _NEXT_DAY),
    "iron": PanelSpec("50190-8", (a.IRON, a.BINDING, a.SATURATION, a.FERRITIN), SERUM, _NEXT_DAY),
    "vitamin-b12": _single(a.B12, SERUM, _NEXT_DAY),
    "vitamin-d": _single(a.VITAMIN_D, SERUM, _DAYS),
    "psa": _single(a.PSA, SERUM, _NEXT_DAY),
    "inr": PanelSpec("34528-0", (a.PROTHROMBIN, a.INR), PLASMA, _QUICK),
    "nt-probnp": _single(a.NT_PRO_BNP, PLASMA),
    "troponin": _single(a.TROPONIN, PLASMA, (40, 90)),
    "crp": _single(a.CRP, SERUM),
    "uric-acid": _single(a.URATE, SERUM),
    "urinalysis": PanelSpec("24356-8", _URINALYSIS, URINE, _QUICK),
    "urine-culture": _single(a.URINE_CULTURE, URINE, _DAYS),
    "strep-antigen": _single(a.STREP, THROAT, _QUICK),
    "influenza-covid-antigen": PanelSpec("97099-6", (a.INFLUENZA_A, a.INFLUENZA_B, a.COVID), NASOPHARYNX, _QUICK),
    "pregnancy-test": _single(a.PREGNANCY, URINE, _QUICK),
    "prenatal": PanelSpec(a.BLOOD_GROUP, (a.BLOOD_GROUP, a.ANTIBODIES, a.HBSAG, a.RPR, a.HIV), SERUM, _DAYS),
    "glucose-tolerance": _single(a.GLUCOSE_2_HOURS, SERUM),
    "group-b-strep": _single(a.GROUP_B, CERVIX, _DAYS),
    "lead": _single(a.LEAD, CAPILLARY, _DAYS),
    "newborn-bilirubin": _single(a.BILIRUBIN, CAPILLARY, (60, 180)),
    "fecal-immunochemical": _single(a.OCCULT_BLOOD, STOOL, _DAYS),
    "pap": _single(a.CYTOLOGY, CERVIX, _WEEK),
    "hiv": _single(a.HIV, SERUM, _NEXT_DAY),
    "hepatitis-c": _single(a.HEPATITIS_C, SERUM, _NEXT_DAY),
    "chlamydia-gonorrhea": PanelSpec("36902-5", (a.CHLAMYDIA, a.GONORRHOEA), URINE, _DAYS),
}
"""Key → panel; the keys are those of ``conditions.module.Order``."""
