"""Short words for what writes: an emulator in this process, a token, and bodies that are valid."""

import json
from typing import Any

from werkzeug.test import TestResponse

from tests.mock_athena.web.in_process import ADA, Athena

FHIR_JSON = "application/fhir+json"
JSON_PATCH = "application/json-patch+json"
Body = dict[str, Any]


class Writer:
    """Somebody who writes, with one token."""

    def __init__(self, athena: Athena, scope: str = "system/*.cruds", patient: str | None = None) -> None:
        self.athena = athena
        self.token = athena.token(scope, patient=patient)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, type: str = FHIR_JSON
    ) -> TestResponse:
        """A request below production's base; a body that is no text is sent as JSON."""
        options: dict[str, Any] = {}
        if body is not None:
            options["data"] = body if isinstance(body, str | bytes) else json.dumps(body)
            headers = {"Content-Type": type, **(headers or {})}
        return self.athena.send(method, f"/fhir/r4/{path}", self.token, headers=headers or {}, **options)

    def get(self, path: str) -> TestResponse:
        return self.send("GET", path)

    def create(self, body: Body, **headers: str) -> Body:
        """What is there after a create, which must succeed."""
        answer = self.send("POST", body["resourceType"], body, headers)
        assert answer.status_code == 201, answer.text
        created: Body = answer.get_json()
        return created

    def put(self, body: Body, headers: dict[str, str] | None = None) -> TestResponse:
        return self.send("PUT", f"{body['resourceType']}/{body['id']}", body, headers)

    def bundle(self, type: str, *entries: Body) -> TestResponse:
        return self.send("POST", "", {"resourceType": "Bundle", "type": type, "entry": list(entries)})

    def total(self, search: str) -> int:
        """How many a search finds."""
        found = self.get(search).get_json()
        return int(found["total"])


def observation(of: str = ADA, **elements: Any) -> Body:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": "2026-03-01T10:00:00Z",
        **elements,
    }


def patient(family: str, **elements: Any) -> Body:
    return {"resourceType": "Patient", "name": [{"family": family}], **elements}


def issues(answer: TestResponse) -> list[Body]:
    """The issues of an OperationOutcome."""
    told = answer.get_json()
    assert told["resourceType"] == "OperationOutcome", told
    found: list[Body] = told["issue"]
    return found


def paths(answer: TestResponse) -> dict[str, str]:
    """From each path at fault to the code of its issue."""
    return {each["expression"][0]: each["code"] for each in issues(answer)}


def entry(method: str, url: str, resource: Body | None = None, full_url: str = "", **request: str) -> Body:
    made: Body = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        made["resource"] = resource
    if full_url:
        made["fullUrl"] = full_url
    return made
