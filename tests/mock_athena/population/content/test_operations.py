"""Procedures, what they were ordered by and what they leave behind."""

from datetime import datetime, timedelta
from typing import Any

from mock_athena.population.codes import ICD10PCS
from mock_athena.population.story import Operation, Visit


def knee(start: datetime, minutes: int = 90, **more: Any) -> Operation:
    return Operation(ICD10PCS, "0SRC0J9", start, start + timedelta(minutes=minutes), 1, 1, **more)


def test_an_implant_is_a_device_that_the_procedure_names(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(operations=(knee(start, device="knee-prosthesis"),)))
    (procedure,), (device,) = only(made, "Procedure"), only(made, "Device")
    assert procedure["usedReference"] == [{"reference": f"Device/{device['id']}"}]
    carrier = device["udiCarrier"][0]
    assert carrier["carrierHRF"].startswith(f"(01){carrier['deviceIdentifier']}(11)")
    assert device["manufactureDate"] < start.date().isoformat() < device["expirationDate"]


def test_what_takes_long_is_a_period_and_was_ordered(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(operations=(knee(start),)))
    (procedure,), (order,) = only(made, "Procedure"), only(made, "ServiceRequest")
    assert procedure["performedPeriod"]["start"] < procedure["performedPeriod"]["end"]
    assert procedure["basedOn"] == [{"reference": f"ServiceRequest/{order['id']}"}]


def test_what_is_brief_has_a_time(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(operations=(knee(start, 10),)))
    assert only(made, "Procedure")[0]["performedDateTime"] == "2026-03-10T15:00:00Z"
    assert not only(made, "ServiceRequest")


def test_what_was_not_done_leaves_no_device(write: Any, only: Any, visit: Visit, start: datetime) -> None:
    made = write(visit._replace(operations=(knee(start, device="knee-prosthesis", status="not-done"),)))
    assert only(made, "Procedure")[0]["statusReason"]
    assert not only(made, "Device")
