"""Which class of route a path is of."""

import pytest

from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.web.routes import BULK, CONTROL, DOCUMENTS, FHIR, OAUTH, PORTAL, PUBLIC, UNKNOWN, route_of


@pytest.mark.parametrize(
    ("path", "name", "environment", "plain"),
    [
        ("/fhir/r4", "fhir", PRODUCTION.name, "/fhir/r4"),
        ("/fhir/r4/Patient/1", "fhir", PRODUCTION.name, "/fhir/r4/Patient/1"),
        ("/fhir/r4/sandbox", "fhir", SANDBOX.name, "/fhir/r4"),
        ("/fhir/r4/sandbox/Patient", "fhir", SANDBOX.name, "/fhir/r4/Patient"),
        ("/fhir/r4/sandboxed/1", "fhir", PRODUCTION.name, "/fhir/r4/sandboxed/1"),
        ("/fhir/r4/metadata", "public", PRODUCTION.name, "/fhir/r4/metadata"),
        ("/fhir/r4/metadatas", "fhir", PRODUCTION.name, "/fhir/r4/metadatas"),
        ("/fhir/r4/sandbox/metadata", "public", SANDBOX.name, "/fhir/r4/metadata"),
        (
            "/fhir/r4/.well-known/smart-configuration",
            "public",
            PRODUCTION.name,
            "/fhir/r4/.well-known/smart-configuration",
        ),
        ("/fhir/r4/bulkstatus/1", "bulk", PRODUCTION.name, "/fhir/r4/bulkstatus/1"),
        ("/fhir/r4/bulkdata/1/Patient.ndjson", "bulk", PRODUCTION.name, "/fhir/r4/bulkdata/1/Patient.ndjson"),
        ("/fhir/r4/sandbox/bulkstatus/1", "bulk", SANDBOX.name, "/fhir/r4/bulkstatus/1"),
        ("/fhir/r4/$export", "bulk", PRODUCTION.name, "/fhir/r4/$export"),
        ("/fhir/r4/Group/1/$export", "bulk", PRODUCTION.name, "/fhir/r4/Group/1/$export"),
        ("/elsewhere/$export", "unknown", PRODUCTION.name, "/elsewhere/$export"),
        ("/documents/report_123.pdf", "documents", PRODUCTION.name, "/documents/report_123.pdf"),
        ("/documents/sandbox/report_123.pdf", "documents", SANDBOX.name, "/documents/report_123.pdf"),
        ("/oauth2/v1/token", "oauth", PRODUCTION.name, "/oauth2/v1/token"),
        ("/_mock/health", "control", PRODUCTION.name, "/_mock/health"),
        ("/_mocked", "unknown", PRODUCTION.name, "/_mocked"),
        ("/fhir/r5/Patient", "unknown", PRODUCTION.name, "/fhir/r5/Patient"),
        ("/FHIR/R4/Patient", "unknown", PRODUCTION.name, "/FHIR/R4/Patient"),
        ("/", "console", PRODUCTION.name, "/"),
        ("//", "unknown", PRODUCTION.name, "//"),
        ("/portal", "portal", PRODUCTION.name, "/portal"),
        ("/portal/developer/new", "portal", PRODUCTION.name, "/portal/developer/new"),
        ("/portals", "unknown", PRODUCTION.name, "/portals"),
    ],
)
def test_a_path_has_one_class_and_one_environment(path: str, name: str, environment: str, plain: str) -> None:
    route = route_of(path)
    assert (route.kind.name, route.environment, route.path) == (name, environment, plain)


def test_what_needs_a_token_is_what_costs_quota() -> None:
    assert all(kind.needs_token and kind.cost == 1 for kind in (FHIR, BULK, DOCUMENTS))
    assert not any(kind.needs_token or kind.cost for kind in (PUBLIC, OAUTH, CONTROL, PORTAL, UNKNOWN))
