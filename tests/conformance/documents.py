"""JSON reports for tests of what is made of them."""

from typing import Any

BASE = "https://ehr.example/fhir/r4"


def exchange(number: int, path: str = "Patient/1", status: int = 200, **changes: Any) -> dict[str, Any]:
    """One exchange as a report has it; ``headers`` and ``body`` are those of the answer."""
    url = f"{BASE}/{path}"
    headers = changes.get("headers", {"Content-Type": "application/fhir+json"})
    body = changes.get("body", '{"resourceType": "Patient"}')
    return {
        "number": number,
        "request": {"method": changes.get("method", "GET"), "url": url, "headers": {"Accept": "*/*"}, "body": ""},
        "response": {"status": status, "headers": headers, "body": body, "bytes": len(body)},
        "instant": 1.0,
        "milliseconds": 12.5,
        "curl": f"curl -i {url}",
    }


def check(
    id: str, verdict: str, *requirements: str, reason: str = "", evidence: tuple[int, ...] = ()
) -> dict[str, Any]:
    """One check's result as a report has it."""
    return {
        "id": id,
        "group": id.partition(".")[0],
        "requirements": list(requirements),
        "verdict": verdict,
        "reason": reason,
        "evidence": list(evidence),
        "seconds": 0.25,
    }


def report(*checks: dict[str, Any], exchanges: tuple[dict[str, Any], ...] = (), **target: str) -> dict[str, Any]:
    """A report of these checks."""
    verdicts = [each["verdict"] for each in checks]
    return {
        "target": {"url": BASE, "profile": "mission", "software": "Example 1.0", **target},
        "begun": "2026-01-02T03:04:05Z",
        "seconds": 1.5,
        "requests": len(exchanges),
        "unreachable": "",
        "broken": [],
        "counts": {each: verdicts.count(each) for each in ("error", "fail", "warning", "skip", "omit", "pass")},
        "checks": list(checks),
        "exchanges": {str(each["number"]): each for each in exchanges},
    }
