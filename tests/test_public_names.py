"""The public face of every package, frozen: adding a name is a decision, removing one breaks somebody."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.together import together

ROOT = Path(__file__).parent.parent

# Where the packages are that an installation brings.
HOMES = (ROOT, ROOT / "client", ROOT / "conformance")
PACKAGES = ("mock_athena", "athena_fhir_client", "athena_fhir_conformance")

PUBLIC = {
    "athena_fhir_client": [
        "ATHENAHEALTH",
        "EMULATOR",
        "PROVIDERS",
        "AthenaClient",
        "AthenaError",
        "AthenaHealthEnhancedService",
        "Capability",
        "Configuration",
        "ConfigurationError",
        "OAuthSettings",
        "Provider",
        "RateLimits",
        "Support",
        "get_athena_health_enhanced_service",
        "get_connection",
        "search_resources",
        "with_providers",
    ],
    "athena_fhir_client.bulk": [
        "BadFile",
        "BadManifest",
        "BadTarget",
        "BulkError",
        "BulkExport",
        "DownloadFailed",
        "ExportFailed",
        "ExportRefused",
        "ExportRequest",
        "ExportStuck",
        "JobGone",
        "Options",
        "Report",
        "Watch",
        "since_last",
    ],
    "athena_fhir_client.gateway": [
        "GatewaySettings",
        "create_gateway",
    ],
    "athena_fhir_client.mirror": [
        "Mirror",
        "MirrorError",
        "Sync",
        "SyncReport",
    ],
    "athena_fhir_client.service": [
        "AthenaHealthEnhancedService",
        "BulkExportJob",
        "Capabilities",
        "Connection",
        "ProcessedExport",
        "Status",
        "SyncResult",
        "get_athena_health_enhanced_service",
        "get_connection",
    ],
    "athena_fhir_conformance": [
        "PROFILES",
        "Credentials",
        "Manners",
        "Profile",
        "Result",
        "Run",
        "Selection",
        "Target",
        "Verdict",
        "listed",
        "run",
    ],
    "mock_athena": ["Settings", "__version__", "create_app"],
    "mock_athena.export": ["ExportJob", "ExportService", "JobState", "KickOff", "StreamSlots", "parse_kick_off"],
    "mock_athena.fhir.openapi": ["Served", "openapi_document"],
    "mock_athena.journal": ["Entry", "Glance", "Journal", "without_secrets"],
    "mock_athena.population": ["AS_OF", "GENERATOR_VERSION", "Resource", "patient", "population", "practice_resources"],
    "mock_athena.population.codes": [
        "CDCREC",
        "CVX",
        "HL7",
        "ICD10CM",
        "ICD10PCS",
        "LANGUAGE",
        "LOINC",
        "MVX",
        "RXNORM",
        "SNOMED",
        "UCUM",
        "US_CORE",
        "Concept",
        "bare",
        "coding",
        "concept",
        "display",
        "problem_code",
        "quantity",
        "row",
        "table",
        "unit",
    ],
    "mock_athena.population.conditions": ["CONDITIONS", "ILLNESSES", "PROGRAMMES"],
    "mock_athena.population.laboratory": [
        "ALL_NORMAL",
        "ANALYTES",
        "PANELS",
        "Analyte",
        "PanelSpec",
        "conclusion",
        "flag",
        "limits",
        "measure",
    ],
    "mock_athena.population.life": ["tell"],
    "mock_athena.ratelimit": [
        "POLICIES",
        "Allowance",
        "Counters",
        "Decision",
        "Limiter",
        "Policy",
        "QuotaKey",
        "policy_named",
    ],
    "mock_athena.search": [
        "DEFAULT_COUNT",
        "MAXIMUM_COUNT",
        "Circumstances",
        "Found",
        "Page",
        "SearchQuery",
        "parse_search",
        "run_search",
    ],
    "mock_athena.state": ["Entry", "State", "state_in"],
    "mock_athena.store": ["Resource", "ResourceStore", "Snapshot"],
    "mock_athena.testing": [
        "Athena",
        "AthenaTestCase",
        "ClientCredentials",
        "RealHostRefused",
        "intercept_athena",
        "serve_athena",
    ],
    "mock_athena.testing.libraries": ["ENTRANCES"],
}
# Rooms whose modules are addressed one by one: their __init__ offers nothing.
UNLISTED = {
    "athena_fhir_client.auth",
    "athena_fhir_client.bench",
    "athena_fhir_client.cli",
    "athena_fhir_client.fhir",
    "athena_fhir_client.pace",
    "athena_fhir_conformance.checks",
    "athena_fhir_conformance.client",
    "athena_fhir_conformance.flows",
    "athena_fhir_conformance.judges",
    "athena_fhir_conformance.limits",
    "athena_fhir_conformance.reports",
    "athena_fhir_conformance.us_core",
    "mock_athena.auth",
    "mock_athena.documents",
    "mock_athena.faults",
    "mock_athena.faults.kinds",
    "mock_athena.fhir",
    "mock_athena.fhir.openapi",
    "mock_athena.fhir.types",
    "mock_athena.population.content",
    "mock_athena.population.shapes",
    "mock_athena.web",
    "mock_athena.web.console",
    "mock_athena.web.control",
    "mock_athena.web.portal",
    "mock_athena.store.postgres",
    "mock_athena.web.saved",
    "mock_athena.writes",
    "mock_athena.tls",
}
SOURCES = {
    path.relative_to(home).as_posix(): path
    for home in HOMES
    for package in PACKAGES
    for path in sorted((home / package).rglob("*.py"))
}


@pytest.mark.parametrize("package", PUBLIC)
def test_a_package_offers_exactly_these_names(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__all__ == PUBLIC[package]
    for name in PUBLIC[package]:
        assert getattr(module, name) is not None


def test_every_package_is_on_one_of_the_lists() -> None:
    packages = {
        name.removesuffix("/__init__.py").replace("/", ".") for name in SOURCES if name.endswith("/__init__.py")
    }
    assert packages == set(PUBLIC) | UNLISTED


def test_an_unknown_name_is_said_as_python_says_it() -> None:
    module = importlib.import_module("mock_athena")
    with pytest.raises(AttributeError, match="'mock_athena' has no attribute 'nothing'"):
        module.nothing  # noqa: B018


@together("path", SOURCES.values())
def test_modules_and_their_public_functions_and_classes_are_described(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), "the module"
    if path.parent.name == "checks":
        return  # the name of a check is the sentence that describes it
    undescribed = [node.name for node in _public(tree) if not ast.get_docstring(node)]
    assert undescribed == []


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """Public definitions of a module and of its public classes; what is defined within a function is nobody's."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)
