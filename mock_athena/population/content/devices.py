"""Implanted devices: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-implantable-device.html."""

from datetime import date, timedelta

from mock_athena.population import devices
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import SNOMED, concept
from mock_athena.population.story import Operation

_JURISDICTION = "http://hl7.org/fhir/NamingSystem/fda-udi"
_ISSUER = "http://hl7.org/fhir/NamingSystem/gs1-di"


def record(chart: Chart, operation: Operation) -> Reference:
    """Add the device that an operation left behind."""
    kind = devices.DEVICES[operation.device]
    random = chart.person.stream(f"device/{operation.device}/{operation.begun.date()}")
    made = operation.begun.date() - timedelta(days=random.randint(90, 400))
    expires = date(made.year + kind.years, made.month, min(made.day, 28))
    lot, serial = f"L{random.randint(1000, 9999)}", f"S{random.randint(100000, 999999)}"
    # A number that begins with 0999 has been given to no maker.
    item = f"0999{random.randint(10**9, 10**10 - 1)}"
    human = f"(01){item}(11){made:%y%m%d}(17){expires:%y%m%d}(10){lot}(21){serial}"
    body = {
        "udiCarrier": [
            {
                "deviceIdentifier": item,
                "issuer": _ISSUER,
                "jurisdiction": _JURISDICTION,
                "carrierHRF": human,
                "entryType": "barcode",
            }
        ],
        "status": "active",
        "distinctIdentifier": f"{item}-{serial}",
        "manufacturer": kind.maker,
        "manufactureDate": made.isoformat(),
        "expirationDate": expires.isoformat(),
        "lotNumber": lot,
        "serialNumber": serial,
        "deviceName": [{"name": kind.name, "type": "user-friendly-name"}],
        "modelNumber": kind.model,
        "type": concept(SNOMED, kind.code),
        "patient": chart.subject,
    }
    return chart.add("Device", chart.new_id("implantabledevice"), operation.ended, body, "us-core-implantable-device")
