"""What is done with hands: SNOMED CT or ICD-10-PCS code, how long it takes, what is implanted, where.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-procedure.html
"""

from typing import NamedTuple

from mock_athena.population.codes import ICD10PCS, SNOMED


class OperationSpec(NamedTuple):
    """A procedure.

    Attributes:
        system, code: SNOMED CT or ICD-10-PCS. minutes: how long it usually takes.
        device: key of ``devices.DEVICES`` or empty. site: SNOMED CT body site, empty where the code says it.
    """

    system: str
    code: str
    minutes: int
    device: str = ""
    site: str = ""


OPERATIONS: dict[str, OperationSpec] = {
    "foot-examination": OperationSpec(SNOMED, "401191002", 7),
    "colonoscopy": OperationSpec(ICD10PCS, "0DJD8ZZ", 35),
    "appendectomy": OperationSpec(ICD10PCS, "0DTJ4ZZ", 62),
    "open-appendectomy": OperationSpec(ICD10PCS, "0DTJ0ZZ", 62),
    "open-cholecystectomy": OperationSpec(SNOMED, "38102005", 90),
    "cholecystectomy": OperationSpec(SNOMED, "45595009", 77),
    "knee-replacement": OperationSpec(ICD10PCS, "0SRC0J9", 105, "knee-prosthesis"),
    "hip-replacement": OperationSpec(SNOMED, "52734007", 102, "hip-prosthesis"),
    "cesarean": OperationSpec(SNOMED, "11466000", 52),
    "vaginal-delivery": OperationSpec(SNOMED, "177184002", 40),
    "cast-right-arm": OperationSpec(ICD10PCS, "2W3CX2Z", 20),
    "cast-left-arm": OperationSpec(ICD10PCS, "2W3DX2Z", 20),
    "cast-right-leg": OperationSpec(ICD10PCS, "2W3QX2Z", 20),
    "cast-left-leg": OperationSpec(ICD10PCS, "2W3RX2Z", 20),
    "suture-right-hand": OperationSpec(ICD10PCS, "0HQFXZZ", 20),
    "suture-left-hand": OperationSpec(ICD10PCS, "0HQGXZZ", 20),
    "coronary-stent": OperationSpec(SNOMED, "36969009", 67, "coronary-stent"),
    "pacemaker": OperationSpec(SNOMED, "307280005", 80, "pacemaker"),
    "cataract-surgery": OperationSpec(SNOMED, "385468004", 27),
    "nebulizer-treatment": OperationSpec(SNOMED, "56251003", 12),
    "joint-injection": OperationSpec(SNOMED, "301877006", 12),
    "ear-irrigation": OperationSpec(SNOMED, "172630005", 12),
}
"""Key → procedure; the keys are those of ``conditions.module.Order``."""
