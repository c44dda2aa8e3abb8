"""People: patients, those beside them, clinicians and their roles, groups."""

from mock_athena.fhir.parameters import (
    ADDRESS,
    NAMES,
    TELECOM,
    composite,
    date,
    patient,
    present,
    reference,
    seldom,
    string,
    token,
)
from mock_athena.fhir.resource_type import US_CORE, ResourceType, resource_type

# Race and ethnicity are codes inside a complex extension.
_INSIDE = ".extension.valueCoding"

PATIENT = (
    resource_type(
        "Patient",
        *NAMES,
        *ADDRESS,
        *TELECOM,
        token("identifier"),
        token("gender"),
        token("active"),
        present("deceased", "deceasedBoolean", "deceasedDateTime"),
        date("birthdate", "birthDate"),
        date("death-date", "deceasedDateTime"),
        reference("general-practitioner", "generalPractitioner"),
        reference("organization", "managingOrganization", to=("Organization",)),
        *seldom(
            token("ethnicity", f"extension[url={US_CORE}ethnicity]{_INSIDE}"),
            token("gender-identity", f"extension[url={US_CORE}genderIdentity].valueCodeableConcept"),
            token("language", "communication.language"),
            reference("link", "link.other"),
            token("race", f"extension[url={US_CORE}race]{_INSIDE}"),
        ),
        patient="id",
        profiles=("patient",),
        exported=True,
        operations=(("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"),),
    ),
)

RELATED_PERSON = resource_type(
    "RelatedPerson",
    string("name"),
    *ADDRESS,
    *TELECOM,
    *patient("patient"),
    token("identifier"),
    token("relationship"),
    token("active"),
    token("gender"),
    date("birthdate", "birthDate"),
    patient="patient",
    profiles=("relatedperson",),
)

PRACTITIONER = resource_type(
    "Practitioner",
    *NAMES,
    *ADDRESS,
    *TELECOM,
    token("identifier"),
    token("active"),
    *seldom(token("communication"), token("gender")),
    profiles=("practitioner",),
)

PRACTITIONER_ROLE = resource_type(
    "PractitionerRole",
    token("identifier"),
    token("active"),
    token("role", "code"),
    token("specialty"),
    reference("practitioner", to=("Practitioner",)),
    reference("organization", to=("Organization",)),
    reference("location", to=("Location",)),
    *seldom(*TELECOM, date("date", "period"), reference("endpoint"), reference("service", "healthcareService")),
    profiles=("practitionerrole",),
)

GROUP = resource_type(
    "Group",
    token("identifier"),
    token("type"),
    token("actual"),
    token("code"),
    reference("member", "member.entity"),
    reference("managing-entity", "managingEntity"),
    *seldom(
        token("characteristic", "characteristic.code"),
        token("exclude", "characteristic.exclude"),
        token("value", "characteristic.valueCodeableConcept", "characteristic.valueBoolean"),
    ),
    composite(
        "characteristic-value",
        token("characteristic", "code"),
        token("value", "valueCodeableConcept", "valueBoolean"),
        of=("characteristic",),
    ),
    names_patients=True,
    exported=True,
)

TYPES: tuple[ResourceType, ...] = (RELATED_PERSON, PRACTITIONER, PRACTITIONER_ROLE, GROUP)
