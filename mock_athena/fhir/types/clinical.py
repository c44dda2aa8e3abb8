"""What is found, measured and done: Observation, Condition, AllergyIntolerance, Immunization, Procedure, reports."""

from mock_athena.fhir.parameters import (
    composite,
    date,
    patient,
    quantity,
    reference,
    seldom,
    string,
    token,
    uri,
)
from mock_athena.fhir.resource_type import ResourceType, resource_type

# The vital signs of FHIR itself, which the profiles of US Core are made of.
_R4 = "http://hl7.org/fhir/StructureDefinition/"
_VITAL_SIGNS = ("bmi", "bodyheight", "bodytemp", "bodyweight", "bp", "headcircum", "heartrate", "oxygensat", "resprate")

# What US Core asks to be granted by itself: https://hl7.org/fhir/us/core/STU6.1/scopes.html
_HL7, _US_CORE = "http://terminology.hl7.org/CodeSystem/", "http://hl7.org/fhir/us/core/CodeSystem/"
_OBSERVED = ("laboratory", "social-history", "vital-signs", "survey")

# Three profiles of US Core lack its prefix.
_PEDIATRIC = "http://hl7.org/fhir/us/core/StructureDefinition/"

_BY_CODE = token("code")
_BY_COMPONENT_CODE = token("combo-code", "code")
_ALSO_COMPONENTS = ("", "component")

OBSERVATION = resource_type(
    "Observation",
    *patient("subject"),
    token("identifier"),
    token("category"),
    token("code"),
    token("status"),
    token("combo-code", "code", "component.code"),
    token("value-concept", "valueCodeableConcept"),
    date("date", "effectiveDateTime", "effectivePeriod", "effectiveInstant"),
    reference("encounter", to=("Encounter",)),
    reference("performer"),
    reference("has-member", "hasMember"),
    reference("derived-from", "derivedFrom"),
    *seldom(
        reference("based-on", "basedOn"),
        token("combo-data-absent-reason", "dataAbsentReason", "component.dataAbsentReason"),
        token("combo-value-concept", "valueCodeableConcept", "component.valueCodeableConcept"),
        token("component-code", "component.code"),
        token("component-data-absent-reason", "component.dataAbsentReason"),
        token("component-value-concept", "component.valueCodeableConcept"),
        token("data-absent-reason", "dataAbsentReason"),
        reference("device"),
        reference("focus"),
        token("method"),
        reference("part-of", "partOf"),
        reference("specimen", to=("Specimen",)),
        date("value-date", "valueDateTime", "valuePeriod"),
        string("value-string", "valueString", "valueCodeableConcept.text"),
    ),
    quantity("value-quantity", "valueQuantity"),
    quantity("component-value-quantity", "component.valueQuantity"),
    quantity("combo-value-quantity", "valueQuantity", "component.valueQuantity"),
    composite("code-value-concept", _BY_CODE, token("value-concept", "valueCodeableConcept")),
    composite("code-value-date", _BY_CODE, date("value-date", "valueDateTime", "valuePeriod")),
    composite("code-value-quantity", _BY_CODE, quantity("value-quantity", "valueQuantity")),
    composite("code-value-string", _BY_CODE, string("value-string", "valueString")),
    composite(
        "combo-code-value-concept",
        _BY_COMPONENT_CODE,
        token("combo-value-concept", "valueCodeableConcept"),
        of=_ALSO_COMPONENTS,
    ),
    composite(
        "combo-code-value-quantity",
        _BY_COMPONENT_CODE,
        quantity("combo-value-quantity", "valueQuantity"),
        of=_ALSO_COMPONENTS,
    ),
    composite(
        "component-code-value-concept",
        token("component-code", "code"),
        token("component-value-concept", "valueCodeableConcept"),
        of=("component",),
    ),
    composite(
        "component-code-value-quantity",
        token("component-code", "code"),
        quantity("component-value-quantity", "valueQuantity"),
        of=("component",),
    ),
    patient="subject",
    date="date",
    granular=(
        *(f"category={_HL7}observation-category|{code}" for code in _OBSERVED),
        f"category={_US_CORE}us-core-category|sdoh",
    ),
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
        *(_R4 + name for name in _VITAL_SIGNS),
    ),
)

CONDITION = resource_type(
    "Condition",
    *patient("subject"),
    token("identifier"),
    token("category"),
    token("clinical-status", "clinicalStatus"),
    token("verification-status", "verificationStatus"),
    token("code"),
    date("onset-date", "onsetDateTime", "onsetPeriod"),
    date("abatement-date", "abatementDateTime", "abatementPeriod"),
    date("recorded-date", "recordedDate"),
    reference("encounter", to=("Encounter",)),
    *seldom(
        string("abatement-string", "abatementString"),
        date(
            "asserted-date",
            "extension[url=http://hl7.org/fhir/StructureDefinition/condition-assertedDate].valueDateTime",
        ),
        reference("asserter"),
        token("body-site", "bodySite"),
        token("evidence", "evidence.code"),
        reference("evidence-detail", "evidence.detail"),
        string("onset-info", "onsetString"),
        token("severity"),
        token("stage", "stage.summary"),
    ),
    quantity("abatement-age", "abatementAge"),
    quantity("onset-age", "onsetAge"),
    patient="subject",
    date="recorded-date",
    profiles=("condition-problems-health-concerns", "condition-encounter-diagnosis"),
    granular=(
        f"category={_HL7}condition-category|encounter-diagnosis",
        f"category={_HL7}condition-category|problem-list-item",
        f"category={_US_CORE}condition-category|health-concern",
    ),
)

ALLERGY_INTOLERANCE = resource_type(
    "AllergyIntolerance",
    *patient("patient"),
    token("identifier"),
    token("clinical-status", "clinicalStatus"),
    token("verification-status", "verificationStatus"),
    token("category"),
    token("criticality"),
    token("code", "code", "reaction.substance"),
    date("date", "recordedDate"),
    *seldom(
        reference("asserter"),
        date("last-date", "lastOccurrence"),
        token("manifestation", "reaction.manifestation"),
        date("onset", "reaction.onset"),
        reference("recorder"),
        token("route", "reaction.exposureRoute"),
        token("severity", "reaction.severity"),
        token("type"),
    ),
    patient="patient",
    date="date",
    profiles=("allergyintolerance",),
)

IMMUNIZATION = resource_type(
    "Immunization",
    *patient("patient"),
    token("identifier"),
    token("status"),
    token("vaccine-code", "vaccineCode"),
    date("date", "occurrenceDateTime"),
    *seldom(
        reference("location", to=("Location",)),
        string("lot-number", "lotNumber"),
        reference("manufacturer", to=("Organization",)),
        reference("performer", "performer.actor"),
        reference("reaction", "reaction.detail", to=("Observation",)),
        date("reaction-date", "reaction.date"),
        token("reason-code", "reasonCode"),
        reference("reason-reference", "reasonReference"),
        string("series", "protocolApplied.series"),
        token("status-reason", "statusReason"),
        token("target-disease", "protocolApplied.targetDisease"),
    ),
    patient="patient",
    date="date",
    profiles=("immunization",),
)

PROCEDURE = resource_type(
    "Procedure",
    *patient("subject"),
    token("identifier"),
    token("status"),
    token("category"),
    token("code"),
    date("date", "performedDateTime", "performedPeriod"),
    reference("encounter", to=("Encounter",)),
    reference("part-of", "partOf"),
    *seldom(
        reference("based-on", "basedOn"),
        reference("instantiates-canonical", "instantiatesCanonical"),
        uri("instantiates-uri", "instantiatesUri"),
        reference("location", to=("Location",)),
        reference("performer", "performer.actor"),
        token("reason-code", "reasonCode"),
        reference("reason-reference", "reasonReference"),
    ),
    patient="subject",
    date="date",
    profiles=("procedure",),
)

DIAGNOSTIC_REPORT = resource_type(
    "DiagnosticReport",
    *patient("subject"),
    token("identifier"),
    token("status"),
    token("category"),
    token("code"),
    date("date", "effectiveDateTime", "effectivePeriod"),
    date("issued"),
    reference("encounter", to=("Encounter",)),
    reference("performer"),
    reference("result", to=("Observation",)),
    reference("based-on", "basedOn"),
    *seldom(
        token("conclusion", "conclusionCode"),
        reference("media", "media.link"),
        reference("results-interpreter", "resultsInterpreter"),
        reference("specimen", to=("Specimen",)),
    ),
    patient="subject",
    date="date",
    profiles=("diagnosticreport-lab", "diagnosticreport-note"),
)

SPECIMEN = resource_type(
    "Specimen",
    *patient("subject"),
    token("identifier"),
    token("accession", "accessionIdentifier"),
    token("status"),
    token("type"),
    token("bodysite", "collection.bodySite"),
    date("collected", "collection.collectedDateTime", "collection.collectedPeriod"),
    reference("collector", "collection.collector"),
    *seldom(
        token("container", "container.type"),
        token("container-id", "container.identifier"),
        reference("parent", to=("Specimen",)),
    ),
    patient="subject",
    date="collected",
    profiles=("specimen",),
)

TYPES: tuple[ResourceType, ...] = (
    OBSERVATION,
    CONDITION,
    ALLERGY_INTOLERANCE,
    IMMUNIZATION,
    PROCEDURE,
    DIAGNOSTIC_REPORT,
    SPECIMEN,
)
