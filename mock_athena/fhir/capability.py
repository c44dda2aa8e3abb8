"""The CapabilityStatement, made from the registry: https://hl7.org/fhir/R4/capabilitystatement.html.

It tells only what works; nothing in it is written by hand that the registry knows.
"""

from typing import Any

from mock_athena.fhir.registry import (
    WRITE_INTERACTIONS,
    ResourceType,
    SearchParameter,
    offered,
    reverse_includes,
)
from mock_athena.profiles import MISSION, Profile

_BULK_DATA = "http://hl7.org/fhir/uv/bulkdata"
_US_CORE_SERVER = "http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server"
_US_CORE_VERSIONS = ("3.1.1", "6.1.0")
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"

_BOOK = "http://fhir.org/guides/argonaut-scheduling/OperationDefinition/appointment-book"

_COMBINATION = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-search-parameter-combination"
_CONTROL_TYPES = {"_count": "number", "cursor": "token"}
_NO_FILTER = "Taken, and changes nothing that is found."
_TENANCY = "The practice in which the request is meant, such as Organization/a-1.Practice-500001."

# As of which day the content below was last changed.
_DATE = "2026-11-24"

_STRICT = "Unknown search parameters are refused unless 'Prefer: handling=lenient' is sent."
_LENIENT = "Unknown search parameters are ignored unless 'Prefer: handling=strict' is sent."


def capability_statement(
    base: str,
    authorize: str,
    token: str,
    version: str,
    description: str,
    *,
    writable: bool,
    update_creates: bool,
    profile: Profile = MISSION,
    strict: bool = False,
) -> dict[str, Any]:
    """What one environment can do.

    Args:
        base: its FHIR base URL. authorize, token: URLs of the OAuth endpoints.
        version: of this software. description: of this environment, for a person.
        writable: resources can be written. update_creates: an update of what is not there creates it.
        profile: whose behaviour is shown. strict: unknown search parameters are refused where nothing is preferred.
    """
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "Mock Athena", "version": version},
        "implementation": {"description": description, "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/json", "application/fhir+json"],
        "instantiates": [
            *(f"{_US_CORE_SERVER}|{version}" for version in _US_CORE_VERSIONS),
            f"{_BULK_DATA}/CapabilityStatement/bulk-data",
        ],
        "rest": [
            {
                "mode": "server",
                "documentation": _STRICT if strict else _LENIENT,
                "security": _security(authorize, token),
                "resource": [
                    {**_resource(kind, profile), **(_writing(kind, update_creates=update_creates) if writable else {})}
                    for kind in offered(profile.surface).values()
                ],
                "interaction": [{"code": code} for code in ("transaction", "batch")],
                **_of_the_system(profile),
            }
        ],
    }


def _security(authorize: str, token: str) -> dict[str, Any]:
    uris = [{"url": "authorize", "valueUri": authorize}, {"url": "token", "valueUri": token}]
    return {
        "extension": [{"url": _OAUTH_URIS, "extension": uris}],
        "service": [{"coding": [{"system": _SECURITY_SERVICE, "code": "SMART-on-FHIR"}], "text": "SMART on FHIR"}],
        "description": "OAuth 2.0 with SMART on FHIR; see .well-known/smart-configuration.",
    }


def _of_the_system(profile: Profile) -> dict[str, Any]:
    """What holds for no type alone."""
    told: dict[str, Any] = {}
    if profile.tenancy:
        told["searchParam"] = [{"name": "ah-practice", "type": "reference", "documentation": _TENANCY}]
    if "system" in profile.export_levels:
        told["operation"] = [_export("export")]
    return told


def _resource(kind: ResourceType, profile: Profile) -> dict[str, Any]:
    versions = {"versioning": "versioned", "readHistory": True, "conditionalRead": "full-support"}
    row: dict[str, Any] = {
        "extension": [_combination(names) for names in kind.required if profile.required_combinations],
        "type": kind.name,
        "interaction": [{"code": code} for code in kind.interactions],
        **(versions if profile.versions else {"versioning": "no-version"}),
    }
    if kind.profiles:
        row["supportedProfile"] = list(kind.profiles)
    if kind.searchable:
        row["searchInclude"] = [f"{kind.name}:{code}" for code in kind.followed]
        row["searchRevInclude"] = list(reverse_includes(kind))
        row["searchParam"] = [_parameter(kind, p) for p in (*kind.parameters.values(), *kind.common.values())]
        row["searchParam"] += _named(kind)
    row["operation"] = [{"name": name, "definition": definition} for name, definition in kind.operations]
    if kind.exported:
        row["operation"].append(_export(f"{kind.name.lower()}-export"))
    # R4 has no empty lists.
    return {name: value for name, value in row.items() if value != []}


def _writing(kind: ResourceType, *, update_creates: bool) -> dict[str, Any]:
    """What a resource's row says else where it can be written."""
    row: dict[str, Any] = {
        "interaction": [{"code": code} for code in (*kind.interactions, *WRITE_INTERACTIONS)],
        "versioning": "versioned-update",
        "updateCreate": update_creates,
        "conditionalCreate": kind.searchable,
        "conditionalUpdate": kind.searchable,
        "conditionalDelete": "single" if kind.searchable else "not-supported",
        "referencePolicy": ["literal", "logical", "local", "enforced"],
    }
    if kind.name == "Appointment":
        operations = [*kind.operations, ("book", _BOOK)]
        row["operation"] = [{"name": name, "definition": definition} for name, definition in operations]
    return row


def _combination(names: tuple[str, ...]) -> dict[str, Any]:
    required = [{"url": "required", "valueString": name} for name in names]
    return {"url": _COMBINATION, "extension": required}


def _named(kind: ResourceType) -> list[dict[str, str]]:
    """What is told of the parameters that find nothing, where the surface names them."""
    controls = sorted(kind.controls or ())
    told = [{"name": name, "type": _CONTROL_TYPES.get(name, "special")} for name in controls]
    return told + [{"name": name, "type": type, "documentation": _NO_FILTER} for name, type in kind.accepted.items()]


def _parameter(kind: ResourceType, parameter: SearchParameter) -> dict[str, str]:
    paths = " or ".join(".".join(filter(None, (kind.name, path))) for path in parameter.paths)
    said = [f"Matches {paths}."]
    if parameter.parts:
        said.append(f"Written as {'$'.join(f'{{{part.code}}}' for part in parameter.parts)}.")
    if parameter.modifiers:
        said.append(f"Modifiers: {', '.join(f':{modifier}' for modifier in parameter.modifiers)}.")
    return {"name": parameter.code, "type": parameter.type, "documentation": " ".join(said)}


def _export(definition: str) -> dict[str, str]:
    return {"name": "export", "definition": f"{_BULK_DATA}/OperationDefinition/{definition}"}
