"""``Appointment/$book``: a slot is taken for a patient, by the words of the Argonaut Scheduling guide.

https://fhir.org/guides/argonaut/scheduling/OperationDefinition-appointment-book.html. The body is ``Parameters`` with
``appt-resource`` (an Appointment) or ``appt-id`` (one that is there, proposed or pending), and ``patient-id``,
``cancelled-appt-id`` and ``comments`` beside it; or the Appointment itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.references import parse_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource, as_list, as_object, as_text, objects
from mock_athena.writes.interactions import change, create
from mock_athena.writes.writing import Writing, Written

_KIND = RESOURCE_TYPES["Appointment"]
_KNOWN = ("appt-resource", "appt-id", "patient-id", "cancelled-appt-id", "comments")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked.

    Attributes:
        appointment: as it was given; empty where one that is there is meant.
        id: of the one that is there. patients: ids of who comes. cancelled: id of the one that it replaces.
    """

    appointment: Resource
    id: str = ""
    patients: tuple[str, ...] = ()
    cancelled: str = ""
    comments: str = ""


def wish_of(body: Resource, id: str, writing: Writing) -> Wish:
    """What a body asks for.

    Args:
        id: of the appointment that the path names; else empty.

    Raises:
        BadRequest: a parameter is unknown, missing, or not of its kind.
    """
    if body["resourceType"] == "Appointment" and not id:
        return Wish(body)
    if body["resourceType"] != "Parameters":
        message = f"$book takes Parameters or an Appointment, not a {body['resourceType']}"
        raise BadRequest(message)
    given = objects(body.get("parameter"))
    unknown = sorted({as_text(each.get("name")) for each in given} - set(_KNOWN))
    if unknown:
        message = f"$book has no parameter {', '.join(unknown)}; expected {', '.join(_KNOWN)}"
        raise BadRequest(message, expression=[f"Parameters.parameter.where(name='{name}')" for name in unknown])
    resources = [each.get("resource") for each in given if each.get("name") == "appt-resource"]
    ids = [id] if id else _ids(given, "appt-id", "Appointment", writing)
    if len(resources) + len(ids) != 1:
        message = "$book takes one of appt-resource and appt-id"
        raise BadRequest(message)
    return Wish(
        appointment=_appointment(resources[0]) if resources else {},
        id=ids[0] if ids else "",
        patients=tuple(_ids(given, "patient-id", "Patient", writing)),
        cancelled=next(iter(_ids(given, "cancelled-appt-id", "Appointment", writing)), ""),
        comments=next((text for each in given if each.get("name") == "comments" for text in _texts(each)), ""),
    )


def booked(writing: Writing, wish: Wish) -> Written:
    """Book, and cancel what is replaced; both or neither.

    Raises:
        Conflict: a slot is not free, or the appointment is none that waits to be booked.
        And as :func:`~mock_athena.writes.interactions.create` and ``update``.
    """
    with writing.store.commit(writing.now):
        if wish.cancelled:
            change(writing, _KIND, wish.cancelled, _cancelled)
        if wish.id:
            return change(writing, _KIND, wish.id, lambda appointment: _as_booked(appointment, wish))
        return create(writing, _KIND, _as_booked(wish.appointment, wish))


def _as_booked(appointment: Resource, wish: Wish) -> Resource:
    status = appointment.get("status", "proposed")
    if status not in ("proposed", "pending", "waitlist", "booked") or (wish.id and status == "booked"):
        message = f"the appointment is {status}; only one that is proposed, pending or on the waitlist can be booked"
        raise BadRequest(message, expression=["Appointment.status"])
    made: dict[str, Any] = {**appointment, "status": "booked"}
    comes = [f"Patient/{id}" for id in wish.patients]
    named = {as_text(as_object(each.get("actor")).get("reference")) for each in objects(made.get("participant"))}
    added = [{"actor": {"reference": each}, "status": "accepted"} for each in comes if each not in named]
    if added:
        made["participant"] = [*as_list(made.get("participant")), *added]
    if wish.comments:
        made["comment"] = wish.comments
    return made


def _cancelled(appointment: Resource) -> Resource:
    return {**appointment, "status": "cancelled"}


def _appointment(resource: Any) -> Resource:
    if not isinstance(resource, dict) or resource.get("resourceType") != "Appointment":
        message = "appt-resource has no Appointment as its resource"
        raise BadRequest(message, expression=["Parameters.parameter.where(name='appt-resource')"])
    return resource


def _ids(given: Sequence[Resource], name: str, type: str, writing: Writing) -> list[str]:
    """Ids of a parameter's values: ``Type/id``, the same below our base URL, or an id alone."""
    return [_id(text, name, type, writing) for each in given if each.get("name") == name for text in _texts(each)]


def _id(text: str, name: str, type: str, writing: Writing) -> str:
    literal = parse_reference(text if "/" in text else f"{type}/{text}")
    if literal is None or literal.type != type or (literal.base and not writing.is_ours(literal.base)):
        message = f"{name}: {shortened(text, 100)!r} is no {type} of this server; expected {type}/{{id}}"
        raise BadRequest(message, expression=[f"Parameters.parameter.where(name='{name}')"])
    return literal.id


def _texts(parameter: Resource) -> list[str]:
    return [part for part_name, part in parameter.items() if part_name.startswith("value") and isinstance(part, str)]
