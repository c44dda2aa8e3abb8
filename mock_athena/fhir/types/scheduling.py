"""When somebody can be seen, and when somebody is: Appointment, Schedule, Slot."""

from mock_athena.fhir.parameters import date, reference, seldom, token
from mock_athena.fhir.resource_type import ResourceType, resource_type

APPOINTMENT = resource_type(
    "Appointment",
    reference("patient", "participant.actor", to=("Patient",)),
    reference("practitioner", "participant.actor", to=("Practitioner",)),
    reference("location", "participant.actor", to=("Location",)),
    reference("actor", "participant.actor"),
    token("identifier"),
    token("status"),
    token("appointment-type", "appointmentType"),
    token("service-category", "serviceCategory"),
    token("service-type", "serviceType"),
    token("specialty"),
    token("reason-code", "reasonCode"),
    reference("slot", to=("Slot",)),
    date("date", "start"),
    *seldom(
        reference("based-on", "basedOn", to=("ServiceRequest",)),
        token("part-status", "participant.status"),
        reference("reason-reference", "reasonReference"),
        reference("supporting-info", "supportingInformation"),
    ),
    patient="participant.actor",
    date="date",
)

SCHEDULE = resource_type(
    "Schedule",
    token("identifier"),
    token("active"),
    token("service-category", "serviceCategory"),
    token("service-type", "serviceType"),
    token("specialty"),
    date("date", "planningHorizon"),
    reference("actor"),
    date="date",
)

SLOT = resource_type(
    "Slot",
    token("identifier"),
    token("status"),
    token("appointment-type", "appointmentType"),
    token("service-category", "serviceCategory"),
    token("service-type", "serviceType"),
    token("specialty"),
    date("start"),
    reference("schedule", to=("Schedule",)),
    date="start",
)

TYPES: tuple[ResourceType, ...] = (APPOINTMENT, SCHEDULE, SLOT)
