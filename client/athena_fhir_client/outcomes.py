"""What an error body says, in one line.

OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html) as it should be, as the real API sends it (``details``
that is a mere string), OAuth errors under three names, and plain text.
"""

import json
from collections.abc import Iterator
from typing import Any

from athena_fhir_client.texts import printable

_LONGEST = 600


def as_outcome(text: str) -> dict[str, Any] | None:
    """The OperationOutcome that a body is, or None."""
    body = _parsed(text)
    return body if isinstance(body, dict) and body.get("resourceType") == "OperationOutcome" else None


def in_words(text: str) -> str:
    """What a body says: of an outcome its issues, of an OAuth error code and description, else the beginning."""
    body = _parsed(text)
    if isinstance(body, dict):
        words = outcome_words(body) if body.get("resourceType") == "OperationOutcome" else _oauth_words(body)
        return _shortened(words)
    return _shortened(body if isinstance(body, str) else text)


def outcome_words(outcome: dict[str, Any]) -> str:
    """Its issues, each as ``code: text (where)``."""
    return "; ".join(_issue_words(issue) for issue in issues(outcome))


def issues(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    """The issues of an outcome, as far as they are any."""
    return objects_in(outcome.get("issue"))


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, as far as it is one."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def failed(outcome: dict[str, Any]) -> bool:
    """Whether one of its issues is an error."""
    return any(issue.get("severity") in ("error", "fatal") for issue in issues(outcome))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _issue_words(issue: dict[str, Any]) -> str:
    texts = list(dict.fromkeys(_texts(issue)))
    where = issue.get("expression") or issue.get("location")
    places = f" ({', '.join(map(str, where))})" if isinstance(where, list) and where else ""
    return f"{issue.get('code', 'unknown')}: {' '.join(texts) or issue.get('severity', 'error')}{places}"


def _texts(issue: dict[str, Any]) -> Iterator[str]:
    details, diagnostics = issue.get("details"), issue.get("diagnostics")
    if isinstance(details, str):
        yield details
    elif isinstance(details, dict):
        codings = details.get("coding")
        coding = codings[0] if isinstance(codings, list) and codings and isinstance(codings[0], dict) else {}
        text = details.get("text") or coding.get("display") or coding.get("code")
        if text:
            yield str(text)
    if diagnostics:
        yield str(diagnostics)


def _oauth_words(body: dict[str, Any]) -> str:
    names = ("error", "error_description", "detailedmessage", "message", "fault", "faultstring")
    return ": ".join(str(body[name]) for name in names if isinstance(body.get(name), str | int))


def _shortened(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
