"""Appointments and the Slots that they take, in one commit: no time is given out twice.

An appointment holds its slots while it is going to take place, or did; cancelled, it gives them back.
https://hl7.org/fhir/R4/appointment.html, https://hl7.org/fhir/R4/slot.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from mock_athena.errors import Conflict
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.resource import Resource, as_text, objects
from mock_athena.store import Snapshot
from mock_athena.store.bodies import decoded
from mock_athena.store.commits import Commit
from mock_athena.store.criteria import HasReference, Selection

APPOINTMENT, SLOT = "Appointment", "Slot"

_FREE = "free"
_SLOT_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "proposed": "busy-tentative",
        "pending": "busy-tentative",
        "booked": "busy",
        "arrived": "busy",
        "checked-in": "busy",
        "fulfilled": "busy",
    }
)
"""What the status of an appointment makes of its slots; with any other it holds none."""

_MOST_SHARED = 100  # appointments that are looked through for another one that holds a slot


def with_times(appointment: Resource, snapshot: Snapshot) -> Resource:
    """The appointment, with start and end of its first and last slot where it has none itself."""
    if "start" in appointment or "end" in appointment:
        return appointment
    slots = [slot for id in _slots(appointment) if (slot := _read(snapshot, SLOT, id))]
    times = sorted((as_text(slot.get("start")), as_text(slot.get("end"))) for slot in slots)
    return {**appointment, "start": times[0][0], "end": times[-1][1]} if times else appointment


def settle(commit: Commit, before: Resource | None, after: Resource | None) -> None:
    """Take the slots of an appointment that was written, and give back those that it does not hold any more.

    Args:
        before: as it was; None where it is new. after: as it is now; None where it was deleted.

    Raises:
        Conflict: a slot is not free.
    """
    held, wanted = _held(before), _held(after)
    for id in wanted:
        _take(commit, id, after or {}, is_own=id in held)
    for id in held:
        if id not in wanted:
            _give_back(commit, id)


def _take(commit: Commit, id: str, appointment: Resource, *, is_own: bool) -> None:
    slot = _read(commit.snapshot, SLOT, id)
    if slot is None:
        message = f"Slot/{id} is not there any more; search Slot?status=free for another"
        raise Conflict(message, expression=["Appointment.slot"])
    stands = as_text(slot.get("status"))
    if stands != _FREE and not is_own:
        message = f"Slot/{id} is {stands}, so it cannot be booked; search Slot?status=free for another"
        raise Conflict(message, expression=["Appointment.slot"])
    # Somebody may have set the slot free by hand, and its appointment does not know.
    if not is_own and _is_held(commit.snapshot, id, but_for=as_text(appointment.get("id"))):
        message = f"Slot/{id} says that it is free, and an appointment holds it; cancel that one, or take another slot"
        raise Conflict(message, expression=["Appointment.slot"])
    status = _SLOT_STATUS[as_text(appointment.get("status"))]
    if stands != status:
        commit.put({**slot, "status": status})


def _give_back(commit: Commit, id: str) -> None:
    slot = _read(commit.snapshot, SLOT, id)
    if slot and as_text(slot.get("status")) in _SLOT_STATUS.values() and not _is_held(commit.snapshot, id):
        commit.put({**slot, "status": _FREE})


def _is_held(snapshot: Snapshot, slot: str, but_for: str = "") -> bool:
    """Whether some appointment holds a slot, other than that of the id ``but_for``."""
    pointing = Selection(APPOINTMENT, (HasReference("slot", (f"{SLOT}/{slot}",)),), "date")
    others = (row for row in snapshot.page(pointing, _MOST_SHARED) if row.id != but_for)
    return any(slot in _held(decoded(row.body)) for row in others)


def _held(appointment: Resource | None) -> tuple[str, ...]:
    if appointment is None or as_text(appointment.get("status")) not in _SLOT_STATUS:
        return ()
    return _slots(appointment)


def _slots(appointment: Resource) -> tuple[str, ...]:
    """Ids of the slots that an appointment names, each once."""
    found = (own_reference(as_text(each.get("reference"))) for each in objects(appointment.get("slot")))
    return tuple(dict.fromkeys(literal.id for literal in found if literal and literal.type == SLOT))


def _read(snapshot: Snapshot, type: str, id: str) -> Resource | None:
    stored = snapshot.read(type, id)
    if stored is None or stored.deleted:
        return None
    resource: Resource = decoded(stored.body)
    return resource
