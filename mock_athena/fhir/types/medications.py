"""Medicines: asked for, given out, and what they are."""

from mock_athena.fhir.parameters import date, patient, reference, seldom, token
from mock_athena.fhir.resource_type import ResourceType, resource_type

MEDICATION_REQUEST = resource_type(
    "MedicationRequest",
    *patient("subject"),
    token("identifier"),
    token("status"),
    token("intent"),
    token("code", "medicationCodeableConcept"),
    date("authoredon", "authoredOn"),
    reference("encounter", to=("Encounter",)),
    reference("medication", "medicationReference", to=("Medication",)),
    reference("requester"),
    *seldom(
        token("category"),
        date("date", "dosageInstruction.timing.event"),
        reference("intended-dispenser", "dispenseRequest.performer", to=("Organization",)),
        reference("intended-performer", "performer"),
        token("intended-performertype", "performerType"),
        token("priority"),
    ),
    patient="subject",
    date="authoredon",
    profiles=("medicationrequest",),
)

MEDICATION_DISPENSE = resource_type(
    "MedicationDispense",
    *patient("subject"),
    token("identifier"),
    token("status"),
    token("type"),
    token("code", "medicationCodeableConcept"),
    date("whenhandedover", "whenHandedOver"),
    date("whenprepared", "whenPrepared"),
    reference("context", to=("Encounter",)),
    reference("medication", "medicationReference", to=("Medication",)),
    reference("performer", "performer.actor"),
    reference("prescription", "authorizingPrescription", to=("MedicationRequest",)),
    *seldom(
        reference("destination", to=("Location",)),
        reference("receiver"),
        reference("responsibleparty", "substitution.responsibleParty"),
    ),
    patient="subject",
    date="whenhandedover",
    profiles=("medicationdispense",),
)

MEDICATION = resource_type(
    "Medication",
    token("identifier"),
    token("code"),
    token("status"),
    *seldom(
        date("expiration-date", "batch.expirationDate"),
        token("form"),
        reference("ingredient", "ingredient.itemReference"),
        token("ingredient-code", "ingredient.itemCodeableConcept"),
        token("lot-number", "batch.lotNumber"),
        reference("manufacturer", to=("Organization",)),
    ),
    profiles=("medication",),
)

TYPES: tuple[ResourceType, ...] = (MEDICATION_REQUEST, MEDICATION_DISPENSE, MEDICATION)
