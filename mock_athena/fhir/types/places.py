"""Organizations, and where they are."""

from mock_athena.fhir.parameters import ADDRESS, reference, seldom, string, token
from mock_athena.fhir.resource_type import ResourceType, resource_type

ORGANIZATION = resource_type(
    "Organization",
    string("name", "name", "alias"),
    *ADDRESS,
    token("identifier"),
    token("active"),
    token("type"),
    reference("partof", "partOf", to=("Organization",)),
    *seldom(reference("endpoint")),
    profiles=("organization",),
)

LOCATION = resource_type(
    "Location",
    string("name", "name", "alias"),
    *ADDRESS,
    token("identifier"),
    token("status"),
    token("type"),
    reference("organization", "managingOrganization", to=("Organization",)),
    *seldom(
        reference("endpoint"),
        token("operational-status", "operationalStatus"),
        reference("partof", "partOf", to=("Location",)),
    ),
    profiles=("location",),
)

TYPES: tuple[ResourceType, ...] = (ORGANIZATION, LOCATION)
