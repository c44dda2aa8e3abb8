"""What is implanted: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-implantable-device.html."""

from typing import NamedTuple


class DeviceSpec(NamedTuple):
    """A kind of implant.

    Attributes:
        code: SNOMED CT type. name: in words, as on its label. maker, model: made up.
        years: it lasts on the shelf, from the making to the expiration.
    """

    code: str
    name: str
    maker: str
    model: str
    years: int = 5


DEVICES: dict[str, DeviceSpec] = {
    "knee-prosthesis": DeviceSpec("109228008", "Cemented total knee system", "Example Orthopedics", "EX-K20", 10),
    "hip-prosthesis": DeviceSpec("304120007", "Total hip system", "Example Orthopedics", "EX-H12", 10),
    "coronary-stent": DeviceSpec("360046005", "Drug-eluting coronary stent", "Example Vascular", "EX-DES 3.0", 2),
    "pacemaker": DeviceSpec("14106009", "Dual-chamber pacemaker", "Example Cardiac Rhythm", "EX-DDD", 3),
}
"""Key → implant; the keys are those of ``operations.OPERATIONS``."""
