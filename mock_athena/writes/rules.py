"""The invariants of R4 that writers break, by key: https://hl7.org/fhir/R4/conformance-rules.html#constraints."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from mock_athena.fhir.instants import parse
from mock_athena.fhir.resource import Resource, as_object, as_text, objects

Rule = Callable[[Resource], Iterator[str]]

_WITHOUT_TIME = ("proposed", "cancelled", "waitlist")
_NOT_KEPT = ("cancelled", "noshow")


def broken_rules(type: str, value: Resource) -> Iterator[str]:
    """What breaks a rule of its type, one sentence each."""
    rule = _RULES.get(type)
    return rule(value) if rule else iter(())


def _extension(value: Resource) -> Iterator[str]:
    has_value = any(name.removeprefix("_").startswith("value") for name in value)
    if has_value == ("extension" in value):
        yield "an extension has either a value or extensions of its own (ext-1)"


def _period(value: Resource) -> Iterator[str]:
    if _is_before(value.get("end"), value.get("start")):
        yield f"ends at {value['end']}, before it starts at {value['start']} (per-1)"


def _reference(value: Resource) -> Iterator[str]:
    if not any(name.removeprefix("_") in ("reference", "identifier", "display", "extension") for name in value):
        yield "a reference has a reference, an identifier or a display"


def _observation(value: Resource) -> Iterator[str]:
    if "dataAbsentReason" in value and any(name.startswith("value") for name in value):
        yield "has a value and a dataAbsentReason; expected one of them (obs-6)"


def _condition(value: Resource) -> Iterator[str]:
    status, verification = _codes(value.get("clinicalStatus")), _codes(value.get("verificationStatus"))
    if "entered-in-error" in verification and status:
        yield "what was entered in error has no clinicalStatus (con-5)"
    if any(name.startswith("abatement") for name in value) and status & {"active", "recurrence", "relapse"}:
        yield "has an abatement, so its clinicalStatus is inactive, resolved or remission (con-4)"


def _allergy(value: Resource) -> Iterator[str]:
    status, verification = _codes(value.get("clinicalStatus")), _codes(value.get("verificationStatus"))
    if "entered-in-error" in verification and status:
        yield "what was entered in error has no clinicalStatus (ait-2)"
    if "entered-in-error" not in verification and not status:
        yield "clinicalStatus is required unless it was entered in error (ait-1)"


def _appointment(value: Resource) -> Iterator[str]:
    status = as_text(value.get("status"))
    if ("start" in value) != ("end" in value):
        yield "has one of start and end; expected both or neither (app-2)"
    if not ("start" in value and "end" in value) and status not in _WITHOUT_TIME:
        yield f"start and end may be left out of {', '.join(_WITHOUT_TIME)} appointments only (app-3)"
    if "cancelationReason" in value and status not in _NOT_KEPT:
        yield "has a cancelationReason, and is neither cancelled nor noshow (app-4)"
    if _is_before(value.get("end"), value.get("start")):
        yield f"ends at {value['end']}, before it starts at {value['start']}"


def _participant(value: Resource) -> Iterator[str]:
    if "type" not in value and "actor" not in value:
        yield "a participant has a type or an actor (app-1)"


def _slot(value: Resource) -> Iterator[str]:
    if _is_before(value.get("end"), value.get("start")):
        yield f"ends at {value['end']}, before it starts at {value['start']}"


def _patient_contact(value: Resource) -> Iterator[str]:
    if not any(name in value for name in ("name", "telecom", "address", "organization")):
        yield "a contact has a name, telecom, address or organization (pat-1)"


def _codes(concept: object) -> set[str]:
    return {as_text(coding.get("code")) for coding in objects(as_object(concept).get("coding"))} - {""}


def _is_before(one: object, other: object) -> bool:
    """Whether one date lies wholly before another; of what is no date it is told elsewhere."""
    try:
        return parse(as_text(one)).high <= parse(as_text(other)).low
    except ValueError:
        return False


_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "Extension": _extension,
        "Period": _period,
        "Reference": _reference,
        "Observation": _observation,
        "Condition": _condition,
        "AllergyIntolerance": _allergy,
        "Appointment": _appointment,
        "Appointment.participant": _participant,
        "Slot": _slot,
        "Patient.contact": _patient_contact,
    }
)
