"""Which resource types exist here, and how each is searched: the one table that everything else reads.

The router, the CapabilityStatement, the indexer, the search parser, the scope filters and the export all ask this
module; nothing repeats it. Parameters are those of https://hl7.org/fhir/R4/searchparameter-registry.html and US
Core; a path is a chain of elements from the root of the resource, and lists on the way are walked through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ParameterType = Literal["token", "string", "date", "reference", "uri"]

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
# Three profiles of US Core lack its prefix.
_PEDIATRIC = "http://hl7.org/fhir/us/core/StructureDefinition/"


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """One search parameter of one type.

    Attributes:
        code: its name in a URL.
        type: how its values are compared.
        paths: where in the resource its values are, such as ``name.family``.
        targets: for a reference, the types it may point to; empty means any.
        presence: True where the value is not the element's own, but whether there is one other than ``false``.
    """

    code: str
    type: ParameterType
    paths: tuple[str, ...]
    targets: tuple[str, ...] = ()
    presence: bool = False


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One row of the registry.

    Attributes:
        name: such as ``Observation``.
        parameters: its own search parameters by code; those of every type are in :data:`COMMON`.
        patient: path of the reference that puts a resource into a Patient compartment; empty if it is in none,
            ``id`` for Patient itself.
        follows_targets: True for a type that is, without naming a Patient there, in the compartments of what it
            points to (Provenance).
        date: code of the date parameter by which results are ordered, newest first; empty if there is none.
        profiles: canonical URLs of the profiles supported.
        searchable: False for a type that can only be read by id.
        names_patients: True for a type outside the compartments that tells of several patients (Group): whoever is
            confined to one patient never sees it.
        exported: True for a type that has a bulk ``$export`` of its own.
    """

    name: str
    parameters: Mapping[str, SearchParameter]
    patient: str = ""
    date: str = ""
    profiles: tuple[str, ...] = ()
    searchable: bool = True
    names_patients: bool = False
    exported: bool = False
    follows_targets: bool = False

    @property
    def interactions(self) -> tuple[str, ...]:
        """Codes of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html, in the order of the URL table."""
        of_instance = ("read", "vread", "history-instance")
        return (*of_instance, "history-type", "search-type") if self.searchable else of_instance

    def parameter(self, code: str) -> SearchParameter | None:
        """The parameter of this code, of this type or common to all; None if there is none."""
        return self.parameters.get(code) or COMMON.get(code)


def _token(code: str, *paths: str) -> SearchParameter:
    return SearchParameter(code, "token", paths or (code,))


def _string(code: str, *paths: str) -> SearchParameter:
    return SearchParameter(code, "string", paths or (code,))


def _date(code: str, *paths: str) -> SearchParameter:
    return SearchParameter(code, "date", paths or (code,))


def _reference(code: str, *paths: str, to: tuple[str, ...] = ()) -> SearchParameter:
    return SearchParameter(code, "reference", paths or (code,), to)


def _patient(path: str) -> tuple[SearchParameter, ...]:
    """``patient`` on a path, and ``subject`` beside it where the element is called so."""
    patient = _reference("patient", path, to=("Patient",))
    return (patient, _reference("subject", path)) if path == "subject" else (patient,)


def _type(
    name: str,
    *parameters: SearchParameter,
    patient: str = "",
    date: str = "",
    profiles: tuple[str, ...] = (),
    searchable: bool = True,
    names_patients: bool = False,
    follows_targets: bool = False,
    exported: bool = False,
) -> ResourceType:
    return ResourceType(
        name=name,
        parameters=MappingProxyType({parameter.code: parameter for parameter in parameters}),
        patient=patient,
        date=date,
        profiles=tuple(profile if "://" in profile else US_CORE + profile for profile in profiles),
        searchable=searchable,
        names_patients=names_patients,
        follows_targets=follows_targets,
        exported=exported,
    )


COMMON: Mapping[str, SearchParameter] = MappingProxyType(
    {
        parameter.code: parameter
        for parameter in (
            _token("_id", "id"),
            _date("_lastUpdated", "meta.lastUpdated"),
            SearchParameter("_profile", "uri", ("meta.profile",)),
            _token("_security", "meta.security"),
            _token("_tag", "meta.tag"),
        )
    }
)

_ADDRESS = (
    _string("address", "address"),
    _string("address-city", "address.city"),
    _string("address-state", "address.state"),
    _string("address-postalcode", "address.postalCode"),
)
_NAMES = (_string("name", "name"), _string("family", "name.family"), _string("given", "name.given"))

_TYPES = (
    _type(
        "Patient",
        *_NAMES,
        *_ADDRESS,
        _token("identifier"),
        _token("gender"),
        _token("active"),
        _token("telecom"),
        SearchParameter("deceased", "token", ("deceasedBoolean", "deceasedDateTime"), presence=True),
        _date("birthdate", "birthDate"),
        _date("death-date", "deceasedDateTime"),
        _reference("general-practitioner", "generalPractitioner"),
        _reference("organization", "managingOrganization", to=("Organization",)),
        patient="id",
        profiles=("patient",),
        exported=True,
    ),
    _type(
        "Observation",
        *_patient("subject"),
        _token("identifier"),
        _token("category"),
        _token("code"),
        _token("status"),
        _token("combo-code", "code", "component.code"),
        _token("value-concept", "valueCodeableConcept"),
        _date("date", "effectiveDateTime", "effectivePeriod", "effectiveInstant"),
        _reference("encounter", to=("Encounter",)),
        _reference("performer"),
        patient="subject",
        date="date",
        profiles=(
            "observation-lab",
            "vital-signs",
            "blood-pressure",
            "bmi",
            "body-height",
            "body-temperature",
            "body-weight",
            "head-circumference",
            "heart-rate",
            "pulse-oximetry",
            "respiratory-rate",
            f"{_PEDIATRIC}head-occipital-frontal-circumference-percentile",
            f"{_PEDIATRIC}pediatric-bmi-for-age",
            f"{_PEDIATRIC}pediatric-weight-for-height",
            "smokingstatus",
            "observation-clinical-result",
            "observation-occupation",
            "observation-pregnancyintent",
            "observation-pregnancystatus",
            "observation-screening-assessment",
            "observation-sexual-orientation",
            "simple-observation",
        ),
    ),
    _type(
        "Condition",
        *_patient("subject"),
        _token("identifier"),
        _token("category"),
        _token("clinical-status", "clinicalStatus"),
        _token("verification-status", "verificationStatus"),
        _token("code"),
        _date("onset-date", "onsetDateTime", "onsetPeriod"),
        _date("abatement-date", "abatementDateTime", "abatementPeriod"),
        _date("recorded-date", "recordedDate"),
        _reference("encounter", to=("Encounter",)),
        patient="subject",
        date="recorded-date",
        profiles=("condition-problems-health-concerns", "condition-encounter-diagnosis"),
    ),
    _type(
        "MedicationRequest",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("intent"),
        _token("code", "medicationCodeableConcept"),
        _date("authoredon", "authoredOn"),
        _reference("encounter", to=("Encounter",)),
        _reference("medication", "medicationReference", to=("Medication",)),
        _reference("requester"),
        patient="subject",
        date="authoredon",
        profiles=("medicationrequest",),
    ),
    _type(
        "AllergyIntolerance",
        *_patient("patient"),
        _token("identifier"),
        _token("clinical-status", "clinicalStatus"),
        _token("verification-status", "verificationStatus"),
        _token("category"),
        _token("criticality"),
        _token("code", "code", "reaction.substance"),
        _date("date", "recordedDate"),
        patient="patient",
        date="date",
        profiles=("allergyintolerance",),
    ),
    _type(
        "Immunization",
        *_patient("patient"),
        _token("identifier"),
        _token("status"),
        _token("vaccine-code", "vaccineCode"),
        _date("date", "occurrenceDateTime"),
        patient="patient",
        date="date",
        profiles=("immunization",),
    ),
    _type(
        "Procedure",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("category"),
        _token("code"),
        _date("date", "performedDateTime", "performedPeriod"),
        _reference("encounter", to=("Encounter",)),
        patient="subject",
        date="date",
        profiles=("procedure",),
    ),
    _type(
        "DiagnosticReport",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("category"),
        _token("code"),
        _date("date", "effectiveDateTime", "effectivePeriod"),
        _date("issued"),
        _reference("encounter", to=("Encounter",)),
        _reference("performer"),
        _reference("result", to=("Observation",)),
        patient="subject",
        date="date",
        profiles=("diagnosticreport-lab", "diagnosticreport-note"),
    ),
    _type(
        "CarePlan",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("intent"),
        _token("category"),
        _date("date", "period"),
        _reference("condition", "addresses", to=("Condition",)),
        _reference("goal", to=("Goal",)),
        _reference("care-team", "careTeam", to=("CareTeam",)),
        patient="subject",
        date="date",
        profiles=("careplan",),
    ),
    _type(
        "Encounter",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("class"),
        _token("type"),
        _token("reason-code", "reasonCode"),
        _token("discharge-disposition", "hospitalization.dischargeDisposition"),
        _date("date", "period"),
        _reference("location", "location.location", to=("Location",)),
        _reference("participant", "participant.individual"),
        _reference("diagnosis", "diagnosis.condition"),
        _reference("service-provider", "serviceProvider", to=("Organization",)),
        patient="subject",
        date="date",
        profiles=("encounter",),
    ),
    _type(
        "Appointment",
        _reference("patient", "participant.actor", to=("Patient",)),
        _reference("practitioner", "participant.actor", to=("Practitioner",)),
        _reference("location", "participant.actor", to=("Location",)),
        _reference("actor", "participant.actor"),
        _token("identifier"),
        _token("status"),
        _token("appointment-type", "appointmentType"),
        _token("service-category", "serviceCategory"),
        _token("service-type", "serviceType"),
        _token("specialty"),
        _token("reason-code", "reasonCode"),
        _reference("slot", to=("Slot",)),
        _date("date", "start"),
        patient="participant.actor",
        date="date",
    ),
    _type(
        "DocumentReference",
        *_patient("subject"),
        _token("identifier", "masterIdentifier", "identifier"),
        _token("status"),
        _token("category"),
        _token("type"),
        _token("contenttype", "content.attachment.contentType"),
        _string("description"),
        _date("date"),
        _date("period", "context.period"),
        _reference("encounter", "context.encounter"),
        _reference("author"),
        patient="subject",
        date="date",
        profiles=("documentreference",),
    ),
    _type("Binary", patient="securityContext", searchable=False),
    _type(
        "Goal",
        *_patient("subject"),
        _token("identifier"),
        _token("lifecycle-status", "lifecycleStatus"),
        _token("achievement-status", "achievementStatus"),
        _token("category"),
        _token("description"),
        _date("start-date", "startDate"),
        _date("target-date", "target.dueDate"),
        patient="subject",
        date="start-date",
        profiles=("goal",),
    ),
    _type(
        "CareTeam",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("category"),
        _token("role", "participant.role"),
        _date("date", "period"),
        _reference("participant", "participant.member"),
        patient="subject",
        date="date",
        profiles=("careteam",),
    ),
    _type(
        "Device",
        *_patient("patient"),
        _token("identifier"),
        _token("status"),
        _token("type"),
        _string("udi-carrier", "udiCarrier.carrierHRF"),
        patient="patient",
        profiles=("implantable-device",),
    ),
    _type(
        "Provenance",
        _reference("target"),
        _reference("patient", "target", to=("Patient",)),
        _reference("agent", "agent.who"),
        _date("recorded"),
        patient="target",
        date="recorded",
        follows_targets=True,
        profiles=("provenance",),
    ),
    _type(
        "RelatedPerson",
        _string("name"),
        *_ADDRESS,
        *_patient("patient"),
        _token("identifier"),
        _token("relationship"),
        _token("active"),
        _token("gender"),
        _token("telecom"),
        _date("birthdate", "birthDate"),
        patient="patient",
        profiles=("relatedperson",),
    ),
    _type(
        "Coverage",
        *_patient("beneficiary"),
        _reference("beneficiary", to=("Patient",)),
        _token("identifier"),
        _token("status"),
        _token("type"),
        _token("class-type", "class.type"),
        _string("class-value", "class.value"),
        _reference("payor"),
        _reference("policy-holder", "policyHolder"),
        _reference("subscriber"),
        patient="beneficiary",
        profiles=("coverage",),
    ),
    _type(
        "ServiceRequest",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("intent"),
        _token("category"),
        _token("code"),
        _token("priority"),
        _date("authored", "authoredOn"),
        _date("occurrence", "occurrenceDateTime", "occurrencePeriod"),
        _reference("encounter", to=("Encounter",)),
        _reference("performer"),
        _reference("requester"),
        _reference("specimen", to=("Specimen",)),
        patient="subject",
        date="authored",
        profiles=("servicerequest",),
    ),
    _type(
        "Specimen",
        *_patient("subject"),
        _token("identifier"),
        _token("accession", "accessionIdentifier"),
        _token("status"),
        _token("type"),
        _token("bodysite", "collection.bodySite"),
        _date("collected", "collection.collectedDateTime", "collection.collectedPeriod"),
        _reference("collector", "collection.collector"),
        patient="subject",
        date="collected",
        profiles=("specimen",),
    ),
    _type(
        "MedicationDispense",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _token("type"),
        _token("code", "medicationCodeableConcept"),
        _date("whenhandedover", "whenHandedOver"),
        _date("whenprepared", "whenPrepared"),
        _reference("context", to=("Encounter",)),
        _reference("medication", "medicationReference", to=("Medication",)),
        _reference("performer", "performer.actor"),
        _reference("prescription", "authorizingPrescription", to=("MedicationRequest",)),
        patient="subject",
        date="whenhandedover",
        profiles=("medicationdispense",),
    ),
    _type(
        "QuestionnaireResponse",
        *_patient("subject"),
        _token("identifier"),
        _token("status"),
        _date("authored"),
        _reference("author"),
        _reference("based-on", "basedOn"),
        _reference("encounter", to=("Encounter",)),
        _reference("source"),
        patient="subject",
        date="authored",
        profiles=("questionnaireresponse",),
    ),
    _type(
        "Schedule",
        _token("identifier"),
        _token("active"),
        _token("service-category", "serviceCategory"),
        _token("service-type", "serviceType"),
        _token("specialty"),
        _date("date", "planningHorizon"),
        _reference("actor"),
        date="date",
    ),
    _type(
        "Slot",
        _token("identifier"),
        _token("status"),
        _token("appointment-type", "appointmentType"),
        _token("service-category", "serviceCategory"),
        _token("service-type", "serviceType"),
        _token("specialty"),
        _date("start"),
        _reference("schedule", to=("Schedule",)),
        date="start",
    ),
    _type(
        "Medication",
        _token("identifier"),
        _token("code"),
        _token("status"),
        profiles=("medication",),
    ),
    _type(
        "Practitioner",
        *_NAMES,
        *_ADDRESS,
        _token("identifier"),
        _token("active"),
        _token("telecom"),
        profiles=("practitioner",),
    ),
    _type(
        "PractitionerRole",
        _token("identifier"),
        _token("active"),
        _token("role", "code"),
        _token("specialty"),
        _reference("practitioner", to=("Practitioner",)),
        _reference("organization", to=("Organization",)),
        _reference("location", to=("Location",)),
        profiles=("practitionerrole",),
    ),
    _type(
        "Organization",
        _string("name", "name", "alias"),
        *_ADDRESS,
        _token("identifier"),
        _token("active"),
        _token("type"),
        _reference("partof", "partOf", to=("Organization",)),
        profiles=("organization",),
    ),
    _type(
        "Location",
        _string("name", "name", "alias"),
        *_ADDRESS,
        _token("identifier"),
        _token("status"),
        _token("type"),
        _reference("organization", "managingOrganization", to=("Organization",)),
        profiles=("location",),
    ),
    _type(
        "Group",
        _token("identifier"),
        _token("type"),
        _token("actual"),
        _token("code"),
        _reference("member", "member.entity"),
        _reference("managing-entity", "managingEntity"),
        names_patients=True,
        exported=True,
    ),
)

RESOURCE_TYPES: Mapping[str, ResourceType] = MappingProxyType({row.name: row for row in _TYPES})

# Control parameters of the search itself, not of a type: https://hl7.org/fhir/R4/search.html#return
RESULT_PARAMETERS = ("_count", "_format", "_pretty")
