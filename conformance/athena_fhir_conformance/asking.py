"""Words that many checks share: what a searchset is, who is in it, and what a refusal looks like."""

from typing import Any

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.sample import resources
from athena_fhir_conformance.target import FHIR_JSON

Json = dict[str, Any]

SEVERITIES = {"fatal", "error", "warning", "information"}
ISSUE_CODES = {
    "invalid",
    "structure",
    "required",
    "value",
    "invariant",
    "security",
    "login",
    "unknown",
    "expired",
    "forbidden",
    "suppressed",
    "processing",
    "not-supported",
    "duplicate",
    "multiple-matches",
    "not-found",
    "deleted",
    "too-long",
    "code-invalid",
    "extension",
    "too-costly",
    "business-rule",
    "conflict",
    "transient",
    "lock-error",
    "no-store",
    "exception",
    "timeout",
    "incomplete",
    "throttled",
    "informational",
}
"""http://hl7.org/fhir/R4/valueset-issue-type.html"""


def found(answer: Exchange, type: str = "") -> list[Json]:
    """The matches of a search that must have been answered."""
    assert answer.status == 200, f"{answer}, expected 200 with a Bundle"  # noqa: S101
    body = answer.json
    kind = (body.get("resourceType"), body.get("type")) if isinstance(body, dict) else ("", "")
    assert kind == ("Bundle", "searchset"), f"{answer} is {kind}, expected a Bundle of type searchset"  # noqa: S101
    return resources(answer, type)


def not_taken(answer: Exchange) -> bool:
    """Whether the server says that it does not take this search: by 403, or by an error as the only entry."""
    if answer.status == 403:
        return True
    entries = answer.json.get("entry", []) if answer.ok else []
    issues = [issue for entry in entries for issue in entry.get("resource", {}).get("issue", [])]
    return len(entries) == 1 and any(issue.get("severity") in ("fatal", "error") for issue in issues)


def ids(answer: Exchange, type: str = "") -> list[str]:
    """The ids of the matches."""
    return [str(each.get("id")) for each in found(answer, type)]


def links(answer: Exchange) -> dict[str, str]:
    """Relation → URL of a Bundle's links."""
    return {str(link.get("relation")): str(link.get("url")) for link in answer.json.get("link", [])}


def outcome_problem(answer: Exchange, string_details: bool = False) -> str:
    """What is wrong with an OperationOutcome; empty if nothing is.

    Args:
        string_details: a mere string for ``details`` is known of this server.
    """
    if answer.resource_type != "OperationOutcome":
        return f"{answer} has {answer.resource_type or answer.media_type or 'nothing'}, expected an OperationOutcome"
    issues = answer.json.get("issue")
    if not isinstance(issues, list) or not issues:
        return f"{answer}: an OperationOutcome without an issue"
    for issue in issues:
        if issue.get("severity") not in SEVERITIES or issue.get("code") not in ISSUE_CODES:
            return (
                f"{answer}: severity {issue.get('severity')!r} and code {issue.get('code')!r} are not both of the lists"
            )
        if isinstance(issue.get("details"), str) and not string_details:
            return f"{answer}: details is a string, expected a CodeableConcept"
    return ""


def refused(answer: Exchange, *statuses: int, string_details: bool = False) -> None:
    """A refusal with one of these statuses and an OperationOutcome."""
    expected = " or ".join(str(status) for status in statuses)
    assert answer.status in statuses, f"{answer}, expected {expected}"  # noqa: S101
    problem = outcome_problem(answer, string_details)
    assert not problem, problem  # noqa: S101


def is_fhir(answer: Exchange) -> bool:
    """Whether the Content-Type is FHIR's JSON."""
    return answer.media_type == FHIR_JSON


def without_narrative(resource: Json) -> Json:
    """A resource but for what may differ between read and search."""
    return {name: value for name, value in resource.items() if name not in ("meta", "text")}
