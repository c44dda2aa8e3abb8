"""The views of bulk export below a stand-in for the edge, on a small practice."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import Flask, Response, request
from werkzeug.test import Client, TestResponse

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.errors import Refusal
from mock_athena.export import ExportService, StreamSlots
from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings
from mock_athena.store import ResourceStore
from mock_athena.web.bulk import bulk_views
from mock_athena.web.bulk_files import bulk_file_views
from mock_athena.web.exchange import ENVIRON_KEY, Exchange, current_exchange
from mock_athena.web.refuse import render
from mock_athena.web.routes import BULK
from mock_athena.web.world import Environment, World
from tests.stores import new_store

START = 1_705_312_800 * NANOSECONDS  # 2024-01-15T10:00:00Z
ASYNC = {"Prefer": "respond-async", "Accept": "application/fhir+json"}

Send = Callable[..., TestResponse]


def practice() -> list[dict[str, Any]]:
    """Patients p1 and p2, of whom p1 is in Group g-1 and has a report with a document."""
    subject = {"reference": "Patient/p1"}
    return [
        {"resourceType": "Patient", "id": "p1"},
        {"resourceType": "Patient", "id": "p2"},
        {"resourceType": "Condition", "id": "c1", "subject": subject, "note": [{"text": "Señora – ☂"}]},
        {
            "resourceType": "DiagnosticReport",
            "id": "r1",
            "subject": subject,
            "presentedForm": [{"url": f"{DOCUMENTS}/r1.pdf"}],
        },
        {"resourceType": "Group", "id": "g-1", "member": [{"entity": subject}]},
    ]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def slots() -> StreamSlots:
    return StreamSlots(1)


@pytest.fixture
def store(clock: ManualClock) -> Iterator[ResourceStore]:
    store = new_store()
    store.load(practice(), clock.now())
    yield store
    store.close()


@pytest.fixture
def world(store: ResourceStore, clock: ManualClock, slots: StreamSlots) -> World:
    """The views use data, clock and exports; the rest of a world is none of their business."""
    exports = ExportService(store, clock, 600, slots)
    environments = {
        "production": Environment(PRODUCTION, store, exports),
        "sandbox": Environment(SANDBOX, store, exports),
    }
    absent = cast("Any", None)
    return World(Settings(), MISSION, clock, environments, absent, absent, absent, absent)


@pytest.fixture
def send(world: World) -> Send:
    """``send(method, path, scope=…, patient=…, client_id=…, environment=…, **werkzeug's arguments)``."""
    app = Flask("bulk")
    app.register_blueprint(bulk_views(world))
    app.register_blueprint(bulk_file_views(world))
    app.register_error_handler(Refusal, _refused)

    def answer(method: str, path: str, **more: Any) -> TestResponse:
        scopes = parse_scopes(more.pop("scope", "system/*.read"))
        caller = Caller(more.pop("client_id", "client"), scopes, more.pop("patient", None), "token", 2**62)
        environment = more.pop("environment", "production")
        plain, _, query = path.removeprefix("http://ehr.test").partition("?")
        sent = plain if environment == "production" else plain.replace("/fhir/r4", "/fhir/r4/sandbox")
        exchange = Exchange(method, sent, query, BULK, environment, "http://ehr.test", "127.0.0.1", "1", caller)
        more.setdefault("buffered", True)  # read to the end and close, as a server would
        target = plain + (f"?{query}" if query else "")
        return Client(app).open(target, method=method, environ_overrides={ENVIRON_KEY: exchange}, **more)

    return answer


@pytest.fixture
def status_url(send: Send) -> str:
    """Where the status of a Patient level export of everything is."""
    return send("GET", "/fhir/r4/Patient/$export", headers=ASYNC).headers["Content-Location"]


@pytest.fixture
def completed(send: Send, status_url: str, clock: ManualClock) -> dict[str, Any]:
    """The manifest of that export."""
    clock.advance(600 * NANOSECONDS)
    return cast("dict[str, Any]", send("GET", status_url).json)


def _refused(refusal: Refusal) -> Response:
    current_exchange().reason = refusal.reason
    rendered = render(refusal)
    return Response(rendered.body if request.method != "HEAD" else b"", rendered.status, rendered.headers)
