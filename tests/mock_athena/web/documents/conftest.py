"""Resources that have documents, and the views of documents and of FHIR below a stand-in for the edge."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import Flask, Response
from werkzeug.routing import UnicodeConverter
from werkzeug.test import Client, TestResponse

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.environments import PRODUCTION
from mock_athena.errors import Refusal
from mock_athena.export import ExportService
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings
from mock_athena.store import ResourceStore
from mock_athena.web.documents import documents_views
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.read import read_views
from mock_athena.web.refuse import render
from mock_athena.web.routes import DOCUMENTS
from mock_athena.web.world import Environment, World
from tests.stores import new_store

Send = Callable[..., TestResponse]
SUBJECT = {"reference": "Patient/p9"}


def observation(id: str, name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": id, "code": {"text": name}, "subject": SUBJECT, **more}


def report(*results: str) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "report-123",
        "status": "final",
        "code": {"coding": [{"display": "Complete blood count"}]},
        "subject": SUBJECT,
        "effectiveDateTime": "2024-01-15T10:30:00-05:00",
        "issued": "2024-01-16T08:00:00.000Z",
        "performer": [{"reference": "Organization/lab"}],
        "result": [{"reference": f"Observation/{id}"} for id in results],
        "conclusion": "White cells slightly raised – repeat in two weeks.",
    }


RESOURCES: list[dict[str, Any]] = [
    {
        "resourceType": "Patient",
        "id": "p9",
        "name": [{"given": ["Łucía"], "family": "Quispe"}],
        "birthDate": "1980-04-02",
    },
    {"resourceType": "Organization", "id": "lab", "name": "Lakeside Laboratory"},
    observation(
        "o1",
        "White blood cells",
        valueQuantity={"value": 11.80, "comparator": ">", "unit": "10*3/uL"},
        referenceRange=[{"low": {"value": 4.5}, "high": {"value": 11.0}}],
        interpretation=[{"coding": [{"code": "H"}]}],
    ),
    observation(
        "o2",
        "Blood pressure",
        component=[{"code": {"text": "Systolic"}, "valueQuantity": {"value": 121, "unit": "mmHg"}}],
    ),
    observation("o3", "Smear", valueCodeableConcept={"text": "unremarkable"}),
]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_705_312_800 * NANOSECONDS)


@pytest.fixture
def store(clock: ManualClock) -> Iterator[ResourceStore]:
    store = new_store()
    store.load([*RESOURCES, report("o1", "o2", "o3", "missing")], clock.now())
    yield store
    store.close()


@pytest.fixture
def world(store: ResourceStore, clock: ManualClock) -> World:
    """The view uses the data; the rest of a world is none of its business."""
    exports = ExportService(store, clock, 0)
    production = Environment(PRODUCTION, store, exports)
    absent = cast("Any", None)
    return World(Settings(), MISSION, clock, {"production": production}, absent, absent, absent, absent)


@pytest.fixture
def send(world: World) -> Send:
    app = Flask("documents")
    app.url_map.converters["name"] = UnicodeConverter
    app.register_blueprint(documents_views(world))
    app.register_blueprint(read_views(world))
    app.register_error_handler(Refusal, _refused)

    def answer(
        path: str,
        method: str = "GET",
        scope: str = "system/*.read",
        patient: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        caller = Caller("client", parse_scopes(scope), patient, "token", 2**62)
        exchange = Exchange(method, path, "", DOCUMENTS, "production", "http://ehr.test", "127.0.0.1", "1", caller)
        return Client(app).open(path, method=method, headers=headers, environ_overrides={ENVIRON_KEY: exchange})

    return answer


def _refused(refusal: Refusal) -> Response:
    rendered = render(refusal)
    return Response(rendered.body, rendered.status, [*rendered.headers, ("X-Reason", refusal.reason)])
