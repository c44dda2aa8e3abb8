import re
from typing import Any

from mock_athena.fhir import instants
from mock_athena.population import AS_OF

Records = tuple[tuple[dict[str, Any], ...], ...]

DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d))?")
# What is planned, expires or is expected may be later than today.
PLANNED_TYPES = {"Appointment", "Slot", "Schedule", "Coverage"}
# What happens to the living alone, by its name.
LIVED = {
    "effectiveDateTime",
    "performedDateTime",
    "occurrenceDateTime",
    "onsetDateTime",
    "abatementDateTime",
    "authoredOn",
    "whenHandedOver",
    "collectedDateTime",
    "startDate",
    "start",
}
PLANNED = {"dueDate", "expirationDate", "end", "valueDateTime", "occurrenceDateTime", "occurrencePeriod"}


def test_nothing_is_before_birth_after_death_or_after_today(records: Records, objects_in: Any) -> None:
    today = instants.parse(AS_OF.isoformat()).low
    for record in records:
        born = instants.parse(record[0]["birthDate"]).low
        died = record[0].get("deceasedDateTime")
        last = instants.parse(died).high if died else today
        for made in record:
            for name, text in dates(made, objects_in):
                moment = instants.parse(text)
                # Parents and spouses have birthdays of their own.
                assert moment.low >= born or made["resourceType"] == "RelatedPerson", (made["id"], name, text)
                if made["resourceType"] not in PLANNED_TYPES and name not in PLANNED:
                    assert moment.low < today, (made["id"], name, text)
                if name in LIVED and made["resourceType"] not in (*PLANNED_TYPES, "ServiceRequest"):
                    assert moment.low <= last, (made["id"], name, text)


def dates(made: dict[str, Any], objects_in: Any) -> list[tuple[str, str]]:
    return [
        (name, text)
        for part in objects_in(made)
        for name, text in part.items()
        if isinstance(text, str) and DATE.fullmatch(text)
    ]
