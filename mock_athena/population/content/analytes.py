"""The laboratory tests that are done, their units and reference ranges, and the panels that group them.

Ranges are common adult ones of US laboratories; the haemoglobin family differs by sex.
"""

from dataclasses import dataclass

A1C, GLUCOSE, CREATININE, UREA = "4548-4", "2345-7", "2160-0", "3094-0"
CHOLESTEROL, HDL, LDL, TRIGLYCERIDE = "2093-3", "2085-9", "18262-6", "2571-8"
LEUKOCYTES, ERYTHROCYTES, HEMOGLOBIN, HEMATOCRIT = "6690-2", "789-8", "718-7", "4544-3"
MCV, MCH, MCHC, PLATELETS = "787-2", "785-6", "786-4", "777-3"
SODIUM, POTASSIUM, CHLORIDE, CALCIUM = "2951-2", "2823-3", "2075-0", "17861-6"

CBC_PANEL, METABOLIC_PANEL, LIPID_PANEL = "58410-2", "51990-0", "57698-3"


@dataclass(frozen=True, slots=True)
class Analyte:
    """A test: LOINC code, UCUM unit and reference range (None where it has no bound on that side)."""

    code: str
    unit: str
    low: float | None
    high: float | None


_BOTH = (
    Analyte(A1C, "%", 4.0, 5.6),
    Analyte(GLUCOSE, "mg/dL", 70, 99),
    Analyte(CREATININE, "mg/dL", 0.5, 1.3),
    Analyte(UREA, "mg/dL", 7, 20),
    Analyte(SODIUM, "mmol/L", 135, 145),
    Analyte(POTASSIUM, "mmol/L", 3.5, 5.1),
    Analyte(CHLORIDE, "mmol/L", 98, 107),
    Analyte(CALCIUM, "mg/dL", 8.6, 10.3),
    Analyte(CHOLESTEROL, "mg/dL", None, 199),
    Analyte(HDL, "mg/dL", 40, None),
    Analyte(LDL, "mg/dL", None, 129),
    Analyte(TRIGLYCERIDE, "mg/dL", None, 149),
    Analyte(LEUKOCYTES, "10*3/uL", 4.0, 11.0),
    Analyte(MCV, "fL", 80, 100),
    Analyte(MCH, "pg", 26, 34),
    Analyte(MCHC, "g/dL", 31, 36),
    Analyte(PLATELETS, "10*3/uL", 150, 400),
)
_BY_SEX = {
    "female": (
        Analyte(HEMOGLOBIN, "g/dL", 11.7, 15.5),
        Analyte(HEMATOCRIT, "%", 35, 47),
        Analyte(ERYTHROCYTES, "10*6/uL", 3.8, 5.3),
    ),
    "male": (
        Analyte(HEMOGLOBIN, "g/dL", 13.2, 17.3),
        Analyte(HEMATOCRIT, "%", 39, 52),
        Analyte(ERYTHROCYTES, "10*6/uL", 4.2, 5.9),
    ),
}
ANALYTES = {sex: {analyte.code: analyte for analyte in _BOTH + own} for sex, own in _BY_SEX.items()}
"""Administrative gender → LOINC code → test."""
