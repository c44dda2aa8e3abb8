"""What ``/metadata`` answers beside the whole CapabilityStatement: https://hl7.org/fhir/R4/http.html#capabilities."""

from typing import Any

# What R4 marks as for trial use within its CapabilityStatement, which is normative but for that.
_TRIAL_USE = frozenset(
    {
        "useContext",
        "imports",
        "messaging",
        "document",
        "implementation.custodian",
        "rest.security",
        *(
            f"rest.resource.{name}"
            for name in (
                "supportedProfile",
                "versioning",
                "readHistory",
                "updateCreate",
                "conditionalCreate",
                "conditionalRead",
                "conditionalUpdate",
                "conditionalDelete",
                "referencePolicy",
                "searchInclude",
                "searchRevInclude",
            )
        ),
    }
)


def normative(statement: dict[str, Any]) -> dict[str, Any]:
    """A CapabilityStatement without what is for trial use."""
    kept: dict[str, Any] = _without(statement, "")
    return kept


def terminology_capabilities(statement: dict[str, Any]) -> dict[str, Any]:
    """The TerminologyCapabilities of the same server: it serves no code system, and expands or validates nothing."""
    said = {name: statement[name] for name in ("status", "date", "kind", "software", "implementation")}
    return {"resourceType": "TerminologyCapabilities", **said}


def _without(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_without(each, path) for each in value]
    if not isinstance(value, dict):
        return value
    below = f"{path}." if path else ""
    return {n: _without(part, below + n) for n, part in value.items() if below + n not in _TRIAL_USE}
