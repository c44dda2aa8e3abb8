"""Small servers that are wrong in one way each, as WSGI applications, and runs against them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from athena_fhir_conformance import Credentials, Manners, Run, Selection, run

Answer = tuple[int, dict[str, str], Iterable[bytes]]
Respond = Callable[[str, dict[str, Any]], Answer]

SECRET = "a-secret-that-must-stay-here"
CLIENT = Credentials(client_id="mock-client", client_secret="mock-secret")
STATEMENT = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "date": "2026-01-01",
    "kind": "instance",
    "implementation": {"description": "small"},
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "rest": [
        {
            "mode": "server",
            "resource": [{"type": "Patient", "interaction": [{"code": "read"}, {"code": "search-type"}]}],
        }
    ],
}


def as_json(body: Any, status: int = 200, **headers: str) -> Answer:
    return status, {"Content-Type": "application/fhir+json", **headers}, [json.dumps(body).encode()]


def always(body: Any) -> Respond:
    """The same answer to everything."""
    return lambda *_: as_json(body)


class Small:
    """A server that answers with a function.

    Attributes:
        seen: method, host and path of every request, with its Authorization.
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self.seen: list[tuple[str, str, str, str]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, host = environ["PATH_INFO"], environ.get("HTTP_HOST", "")
        self.seen.append((environ["REQUEST_METHOD"], host, path, environ.get("HTTP_AUTHORIZATION", "")))
        status, headers, body = (404, {}, [b"{}"]) if path.startswith("/_mock") else self._respond(path, environ)
        start(f"{status} Said", list(headers.items()))
        return body


def judged(respond: Respond, *groups: str, credentials: Credentials = CLIENT, **options: Any) -> tuple[Run, Small]:
    """A run of some groups against such a server."""
    app = Small(respond)
    options.setdefault("manners", Manners(quotas=()))  # they have no quota, and nobody waits for nothing
    return run(app, credentials, selection=Selection(groups=groups), **options), app
