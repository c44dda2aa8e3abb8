"""The laboratory tests: LOINC code, UCUM unit, reference ranges by sex and age, and the qualitative answers.

Ranges are common ones of US laboratories; those of children follow the usual paediatric tables in coarse steps. Codes:
https://loinc.org; units: https://ucum.org/ucum.
"""

from typing import Literal, NamedTuple

Kind = Literal["quantity", "qualitative", "ordinal", "text"]
Limits = tuple[float | None, float | None]

NEGATIVE, POSITIVE = "260385009", "10828004"
NOT_DETECTED, DETECTED = "260415000", "260373001"
NO_GROWTH, ESCHERICHIA_COLI = "264887000", "112283007"

A1C, GLUCOSE, CREATININE, UREA, EGFR = "4548-4", "2345-7", "2160-0", "3094-0", "98979-8"
SODIUM, POTASSIUM, CHLORIDE, BICARBONATE, CALCIUM = "2951-2", "2823-3", "2075-0", "2028-9", "17861-6"
ANION_GAP, ALBUMIN, PROTEIN, BILIRUBIN = "33037-3", "1751-7", "2885-2", "1975-2"
ALKALINE_PHOSPHATASE, ALT, AST = "6768-6", "1742-6", "1920-8"
CHOLESTEROL, HDL, LDL, TRIGLYCERIDE = "2093-3", "2085-9", "18262-6", "2571-8"
LEUKOCYTES, ERYTHROCYTES, HEMOGLOBIN, HEMATOCRIT = "6690-2", "789-8", "718-7", "4544-3"
MCV, MCH, MCHC, RDW, PLATELETS = "787-2", "785-6", "786-4", "788-0", "777-3"
NEUTROPHILS, LYMPHOCYTES, MONOCYTES, EOSINOPHILS, BASOPHILS = "770-8", "736-9", "5905-5", "713-8", "706-2"
NEUTROPHIL_COUNT, LYMPHOCYTE_COUNT = "751-8", "731-0"
URINE_ALBUMIN, URINE_CREATININE, ALBUMIN_RATIO = "14957-5", "2161-8", "9318-7"
TSH, FREE_T4, IRON, BINDING, SATURATION, FERRITIN = "3016-3", "3024-7", "2498-4", "2500-7", "2502-3", "2276-4"
B12, VITAMIN_D, PSA, INR, PROTHROMBIN = "2132-9", "1989-3", "2857-1", "6301-6", "5902-2"
NT_PRO_BNP, TROPONIN, CRP, URATE = "33762-6", "89579-7", "1988-5", "3084-1"
GRAVITY, PH, U_GLUCOSE, U_PROTEIN, KETONES, BLOOD = "5811-5", "5803-2", "25428-4", "20454-5", "2514-8", "5794-3"
NITRITE, ESTERASE, COLOR, APPEARANCE = "5802-4", "5799-2", "5778-6", "5767-9"
U_LEUKOCYTES, U_ERYTHROCYTES, URINE_CULTURE = "5821-4", "13945-1", "630-4"
STREP, INFLUENZA_A, INFLUENZA_B, COVID, PREGNANCY = "78012-2", "80382-5", "80383-3", "94558-4", "2106-3"
BLOOD_GROUP, ANTIBODIES, HBSAG, RPR, HIV = "882-1", "890-4", "5195-3", "20507-0", "56888-1"
GLUCOSE_2_HOURS, GROUP_B, LEAD = "1518-0", "72607-5", "5671-3"
OCCULT_BLOOD, CYTOLOGY, HEPATITIS_C, CHLAMYDIA, GONORRHOEA = "29771-3", "10524-7", "13955-0", "43304-5", "43305-2"


class Band(NamedTuple):
    """A reference range of one sex (both where empty) from one age in years up to another."""

    low: float | None
    high: float | None
    from_age: float = 0
    to_age: float = 200
    sex: str = ""


class Analyte(NamedTuple):
    """A test.

    Attributes:
        name: in words, as a report's conclusion says it. unit: UCUM; empty for what is no quantity.
        bands: reference ranges, the first that fits counts. decimals: as reported.
        normal: of a qualitative test, the SNOMED CT code (or the text) that is not abnormal; empty where none is.
        panic: below and above which a value is critical.
    """

    code: str
    name: str
    unit: str = ""
    bands: tuple[Band, ...] = ()
    decimals: int = 0
    kind: Kind = "quantity"
    normal: str = ""
    panic: Limits = (None, None)


def _number(
    code: str,
    name: str,
    unit: str,
    low: float | None,
    high: float | None,
    decimals: int = 0,
    *bands: Band,
    panic: Limits = (None, None),
) -> Analyte:
    return Analyte(code, name, unit, (*bands, Band(low, high)), decimals, panic=panic)


def _answer(code: str, name: str, normal: str = NEGATIVE) -> Analyte:
    return Analyte(code, name, kind="qualitative", normal=normal)


_CHEMISTRY = (
    _number(A1C, "Hemoglobin A1c", "%", 4.0, 5.6, 1),
    _number(GLUCOSE, "Glucose", "mg/dL", 70, 99, 0, panic=(50, 450)),
    _number(UREA, "Urea nitrogen", "mg/dL", 7, 20, 0, Band(5, 18, 0, 18), Band(8, 25, 65)),
    _number(
        CREATININE,
        "Creatinine",
        "mg/dL",
        0.55,
        1.05,
        2,
        Band(0.15, 0.5, 0, 5),
        Band(0.25, 0.75, 5, 12),
        Band(0.4, 1.0, 12, 18),
        Band(0.7, 1.3, 18, sex="male"),
    ),
    _number(EGFR, "eGFR", "mL/min/{1.73_m2}", 60, None),
    _number(SODIUM, "Sodium", "mmol/L", 135, 145, 0, panic=(120, 160)),
    _number(POTASSIUM, "Potassium", "mmol/L", 3.5, 5.1, 1, Band(3.5, 5.8, 0, 1), panic=(2.8, 6.2)),
    _number(CHLORIDE, "Chloride", "mmol/L", 98, 107),
    _number(BICARBONATE, "Carbon dioxide", "mmol/L", 21, 29, 0, Band(18, 27, 0, 6), panic=(10, 40)),
    _number(CALCIUM, "Calcium", "mg/dL", 8.6, 10.3, 1, Band(8.8, 10.8, 0, 12), panic=(6.5, 13)),
    _number(ANION_GAP, "Anion gap", "mmol/L", 6, 16),
    _number(ALBUMIN, "Albumin", "g/dL", 3.5, 5.1, 1),
    _number(PROTEIN, "Total protein", "g/dL", 6.1, 8.1, 1, Band(5.0, 7.5, 0, 2)),
    _number(BILIRUBIN, "Total bilirubin", "mg/dL", 0.1, 1.2, 1, Band(0.1, 12.0, 0, 0.08)),
    _number(
        ALKALINE_PHOSPHATASE, "Alkaline phosphatase", "U/L", 36, 121, 0, Band(110, 390, 0, 14), Band(50, 260, 14, 18)
    ),
    _number(ALT, "ALT", "U/L", 6, 36, 0, Band(8, 50, 18, sex="male")),
    _number(AST, "AST", "U/L", 10, 37, 0, Band(15, 60, 0, 6)),
    _number(CHOLESTEROL, "Total cholesterol", "mg/dL", None, 199, 0, Band(None, 169, 0, 20)),
    _number(TRIGLYCERIDE, "Triglycerides", "mg/dL", None, 149, 0, Band(None, 129, 0, 20)),
    _number(HDL, "HDL cholesterol", "mg/dL", 50, None, 0, Band(40, None, sex="male"), Band(45, None, 0, 20)),
    _number(LDL, "LDL cholesterol", "mg/dL", None, 129),
    _number(TSH, "TSH", "m[IU]/L", 0.4, 4.5, 2, Band(0.7, 6.4, 0, 12)),
    _number(FREE_T4, "Free T4", "ng/dL", 0.8, 1.8, 2),
    _number(IRON, "Iron", "ug/dL", 40, 160, 0, Band(50, 180, 18, sex="male")),
    _number(BINDING, "Iron binding capacity", "ug/dL", 250, 425),
    _number(SATURATION, "Iron saturation", "%", 15, 48),
    _number(FERRITIN, "Ferritin", "ng/mL", 16, 232, 0, Band(24, 380, 18, sex="male"), Band(10, 140, 0, 18)),
    _number(B12, "Vitamin B12", "pg/mL", 200, 1100),
    _number(VITAMIN_D, "25-hydroxyvitamin D", "ng/mL", 30, 100),
    _number(PSA, "PSA", "ng/mL", None, 4.0, 1),
    _number(INR, "INR", "{INR}", 0.9, 1.1, 1, panic=(None, 5.0)),
    _number(PROTHROMBIN, "Prothrombin time", "s", 9.5, 13.5, 1),
    _number(NT_PRO_BNP, "NT-proBNP", "pg/mL", None, 125, 0, Band(None, 450, 75)),
    _number(TROPONIN, "Troponin I", "ng/L", None, 16, 0, Band(None, 34, sex="male"), panic=(None, 120)),
    _number(CRP, "C-reactive protein", "mg/L", None, 7.9, 1),
    _number(URATE, "Uric acid", "mg/dL", 2.5, 7.0, 1, Band(4.0, 8.0, 18, sex="male")),
    _number(GLUCOSE_2_HOURS, "Glucose at 2 hours", "mg/dL", None, 152),
    _number(LEAD, "Lead", "ug/dL", None, 3.4, 1),
)
_HEMATOLOGY = (
    _number(LEUKOCYTES, "Leukocytes", "10*3/uL", 4.0, 11.0, 1, Band(5.0, 17.0, 0, 4), Band(4.5, 14.0, 4, 12)),
    _number(
        ERYTHROCYTES, "Erythrocytes", "10*6/uL", 3.8, 5.3, 2, Band(3.6, 5.5, 0, 18), Band(4.2, 5.9, 18, sex="male")
    ),
    _number(
        HEMOGLOBIN,
        "Hemoglobin",
        "g/dL",
        11.7,
        15.5,
        1,
        Band(9.5, 20.0, 0, 0.25),
        Band(10.5, 14.0, 0.25, 2),
        Band(11.0, 14.5, 2, 6),
        Band(11.5, 15.5, 6, 12),
        Band(12.5, 17.0, 12, 18, "male"),
        Band(13.2, 17.3, 18, sex="male"),
        panic=(7.0, 20.5),
    ),
    _number(
        HEMATOCRIT,
        "Hematocrit",
        "%",
        35,
        47,
        1,
        Band(29, 60, 0, 0.25),
        Band(31, 42, 0.25, 2),
        Band(33, 43, 2, 6),
        Band(34.5, 46, 6, 12),
        Band(37, 50, 12, 18, "male"),
        Band(39, 52, 18, sex="male"),
        panic=(21, 62),
    ),
    _number(MCV, "MCV", "fL", 80, 100, 1, Band(70, 88, 0.25, 2), Band(74, 90, 2, 6), Band(76, 95, 6, 12)),
    _number(MCH, "MCH", "pg", 26, 34, 1, Band(23, 31, 0.25, 6), Band(25, 33, 6, 12)),
    _number(MCHC, "MCHC", "g/dL", 31, 36, 1),
    _number(RDW, "RDW", "%", 11.5, 15.0, 1),
    _number(PLATELETS, "Platelets", "10*3/uL", 150, 400, 0, Band(150, 475, 0, 12), panic=(30, 1000)),
    _number(NEUTROPHILS, "Neutrophils", "%", 40, 75, 1, Band(20, 60, 0, 6)),
    _number(LYMPHOCYTES, "Lymphocytes", "%", 17, 46, 1, Band(30, 70, 0, 6)),
    _number(MONOCYTES, "Monocytes", "%", 3, 12, 1),
    _number(EOSINOPHILS, "Eosinophils", "%", 0, 6, 1),
    _number(BASOPHILS, "Basophils", "%", 0, 2, 1),
    _number(NEUTROPHIL_COUNT, "Neutrophil count", "10*3/uL", 1.8, 7.7, 2, Band(1.5, 8.5, 0, 12), panic=(0.5, None)),
    _number(LYMPHOCYTE_COUNT, "Lymphocyte count", "10*3/uL", 0.9, 4.0, 2, Band(1.5, 9.5, 0, 6), Band(1.2, 5.5, 6, 12)),
)
_URINE = (
    _number(URINE_ALBUMIN, "Urine albumin", "mg/L", None, None, 1),
    _number(URINE_CREATININE, "Urine creatinine", "mg/dL", 20, 320),
    _number(ALBUMIN_RATIO, "Urine albumin/creatinine", "mg/g", None, 29),
    _number(GRAVITY, "Specific gravity", "1", 1.005, 1.03, 3),
    _number(PH, "Urine pH", "[pH]", 5.0, 8.0, 1),
    _number(U_LEUKOCYTES, "Urine leukocytes", "/[HPF]", None, 5),
    _number(U_ERYTHROCYTES, "Urine erythrocytes", "/[HPF]", None, 3),
    Analyte(COLOR, "Urine color", kind="text", normal="Yellow"),
    Analyte(APPEARANCE, "Urine appearance", kind="text", normal="Clear"),
    _answer(U_GLUCOSE, "Urine glucose"),
    _answer(U_PROTEIN, "Urine protein"),
    _answer(KETONES, "Urine ketones"),
    _answer(BLOOD, "Urine blood"),
    _answer(NITRITE, "Urine nitrite"),
    _answer(ESTERASE, "Urine leukocyte esterase"),
    _answer(URINE_CULTURE, "Urine culture", NO_GROWTH),
)
_MICROBIOLOGY = (
    _answer(STREP, "Group A streptococcus antigen"),
    _answer(INFLUENZA_A, "Influenza A antigen"),
    _answer(INFLUENZA_B, "Influenza B antigen"),
    _answer(COVID, "SARS-CoV-2 antigen"),
    _answer(PREGNANCY, "Pregnancy test", ""),
    _answer(BLOOD_GROUP, "Blood group", ""),
    _answer(ANTIBODIES, "Antibody screen"),
    _answer(HBSAG, "Hepatitis B surface antigen"),
    _answer(RPR, "RPR"),
    _answer(HIV, "HIV antigen and antibody"),
    _answer(GROUP_B, "Group B streptococcus", NOT_DETECTED),
    _answer(OCCULT_BLOOD, "Fecal occult blood"),
    Analyte(CYTOLOGY, "Cervical cytology", kind="text", normal="Negative for intraepithelial lesion or malignancy"),
    _answer(HEPATITIS_C, "Hepatitis C antibody"),
    _answer(CHLAMYDIA, "Chlamydia trachomatis", NOT_DETECTED),
    _answer(GONORRHOEA, "Neisseria gonorrhoeae", NOT_DETECTED),
)

ANALYTES: dict[str, Analyte] = {made.code: made for made in _CHEMISTRY + _HEMATOLOGY + _URINE + _MICROBIOLOGY}
"""LOINC code → test."""


def limits(code: str, gender: str, age: float) -> Limits:
    """The reference range of a test for an administrative gender and an age in years; ``None`` is no bound."""
    for band in ANALYTES[code].bands:
        if band.from_age <= age < band.to_age and (not band.sex or band.sex == gender):
            return band.low, band.high
    return None, None


def flag(code: str, value: float | str, gender: str, age: float) -> str:
    """The v3-ObservationInterpretation code of a value: ``N``, ``L``, ``H``, critical ``LL``, ``HH``, abnormal ``A``;
    empty where the test has no normal value (a blood group)."""
    analyte = ANALYTES[code]
    if isinstance(value, str):
        return "" if not analyte.normal else "N" if value == analyte.normal else "A"
    low, high = limits(code, gender, age)
    if low is not None and value < low:
        panic = analyte.panic[0]
        return "LL" if panic is not None and value < panic else "L"
    if high is not None and value > high:
        panic = analyte.panic[1]
        return "HH" if panic is not None and value > panic else "H"
    return "N" if low is not None or high is not None else ""
