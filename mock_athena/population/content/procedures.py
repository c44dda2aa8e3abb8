"""Procedures, by ICD-10-PCS, and the devices that some of them leave behind.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-procedure.html
https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-implantable-device.html
"""

from datetime import date, timedelta

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import ICD10PCS, SNOMED, concept
from mock_athena.population.health import APPENDICITIS, KNEE_REPLACEMENT
from mock_athena.population.staff import primary_care
from mock_athena.population.timeline import Visit

COLONOSCOPY = "0DJD8ZZ"
_OPERATIONS = {APPENDICITIS: "0DTJ4ZZ", KNEE_REPLACEMENT: "0SRC0J9"}
_SCREENED_FROM = 46
_KNEE_PROSTHESIS = "109228008"
_IN_SERVICE_YEARS = 10


def history(chart: Chart) -> None:
    """Add the screening colonoscopy that most people over 50 have had, with another doctor."""
    person = chart.person
    random = person.stream("procedures")
    day = person.born + timedelta(days=random.randint(_SCREENED_FROM * 366, (_SCREENED_FROM + 6) * 365))
    if random.random() < 0.8 and day < person.as_of - timedelta(days=60):
        id = f"a-{person.practice}.shb.{person.n}.{chart.number('shb')}"
        body = {
            "status": "completed",
            "code": concept(ICD10PCS, COLONOSCOPY, "Screening colonoscopy"),
            "subject": chart.subject,
            "performedDateTime": day.isoformat(),
        }
        chart.add("Procedure", id, moments.at(day, 17 * 60), body, "us-core-procedure")


def record(chart: Chart, visit: Visit, encounter: Reference, diagnosis: Reference) -> None:
    """Add the operation of a hospital stay, and what was implanted."""
    code = _OPERATIONS.get(visit.reason) if visit.is_stay else None
    if not code:
        return
    begun = visit.start + timedelta(hours=3)
    stay = encounter["reference"].rpartition("-")[2]
    body = {
        "status": "completed",
        "code": concept(ICD10PCS, code),
        "subject": chart.subject,
        "encounter": encounter,
        "performedPeriod": {
            "start": moments.date_time(begun),
            "end": moments.date_time(begun + timedelta(minutes=75)),
        },
        "performer": [{"actor": primary_care(chart.person)}],
        "reasonReference": [diagnosis],
    }
    id = f"a-{chart.person.practice}.prda.{stay}.1"
    chart.add("Procedure", id, visit.end, body, "us-core-procedure")
    if visit.reason == KNEE_REPLACEMENT:
        _prosthesis(chart, visit)


def _prosthesis(chart: Chart, visit: Visit) -> None:
    random = chart.person.stream("device")
    made = visit.start.date() - timedelta(days=random.randint(90, 400))
    expires = date(made.year + _IN_SERVICE_YEARS, made.month, min(made.day, 28))
    lot, serial = f"L{random.randint(1000, 9999)}", f"S{random.randint(100000, 999999)}"
    item = f"0999{random.randint(10**9, 10**10 - 1)}"
    human = f"(01){item}(11){made:%y%m%d}(17){expires:%y%m%d}(10){lot}(21){serial}"
    body = {
        "udiCarrier": [
            {"deviceIdentifier": item, "jurisdiction": "http://hl7.org/fhir/NamingSystem/fda-udi", "carrierHRF": human}
        ],
        "status": "active",
        "distinctIdentifier": f"{item}-{serial}",
        "manufacturer": "Example Orthopedics",
        "manufactureDate": made.isoformat(),
        "expirationDate": expires.isoformat(),
        "lotNumber": lot,
        "serialNumber": serial,
        "deviceName": [{"name": "Example total knee system", "type": "user-friendly-name"}],
        "type": concept(SNOMED, _KNEE_PROSTHESIS),
        "patient": chart.subject,
    }
    chart.add("Device", chart.new_id("implantabledevice"), visit.end, body, "us-core-implantable-device")
