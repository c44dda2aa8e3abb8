"""Documents, answers to questions, and where any of it comes from."""

from mock_athena.fhir.parameters import composite, date, patient, reference, seldom, string, token, uri
from mock_athena.fhir.resource_type import ResourceType, resource_type

DOCUMENT_REFERENCE = resource_type(
    "DocumentReference",
    *patient("subject"),
    token("identifier", "masterIdentifier", "identifier"),
    token("status"),
    token("category"),
    token("type"),
    token("contenttype", "content.attachment.contentType"),
    string("description"),
    date("date"),
    date("period", "context.period"),
    reference("encounter", "context.encounter"),
    reference("author"),
    *seldom(
        reference("authenticator"),
        reference("custodian", to=("Organization",)),
        token("event", "context.event"),
        token("facility", "context.facilityType"),
        token("format", "content.format"),
        token("language", "content.attachment.language"),
        uri("location", "content.attachment.url"),
        reference("related", "context.related"),
        reference("relatesto", "relatesTo.target", to=("DocumentReference",)),
        token("relation", "relatesTo.code"),
        token("security-label", "securityLabel"),
        token("setting", "context.practiceSetting"),
    ),
    composite(
        "relationship",
        token("relation", "code"),
        reference("relatesto", "target", to=("DocumentReference",)),
        of=("relatesTo",),
    ),
    patient="subject",
    date="date",
    profiles=("documentreference",),
    operations=(("docref", "http://hl7.org/fhir/us/core/OperationDefinition/docref"),),
)

BINARY = resource_type("Binary", patient="securityContext", searchable=False)

QUESTIONNAIRE_RESPONSE = resource_type(
    "QuestionnaireResponse",
    *patient("subject"),
    token("identifier"),
    token("status"),
    date("authored"),
    reference("author"),
    reference("based-on", "basedOn"),
    reference("encounter", to=("Encounter",)),
    reference("source"),
    *seldom(reference("part-of", "partOf"), reference("questionnaire")),
    patient="subject",
    date="authored",
    profiles=("questionnaireresponse",),
)

PROVENANCE = resource_type(
    "Provenance",
    reference("target"),
    reference("patient", "target", to=("Patient",)),
    reference("agent", "agent.who"),
    date("recorded"),
    *seldom(
        token("agent-role", "agent.role"),
        token("agent-type", "agent.type"),
        reference("entity", "entity.what"),
        reference("location", to=("Location",)),
        token("signature-type", "signature.type"),
        date("when", "occurredDateTime"),
    ),
    patient="target",
    date="recorded",
    follows_targets=True,
    profiles=("provenance",),
)

TYPES: tuple[ResourceType, ...] = (DOCUMENT_REFERENCE, BINARY, QUESTIONNAIRE_RESPONSE, PROVENANCE)
