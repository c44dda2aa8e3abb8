"""Read over HTTP: https://hl7.org/fhir/R4/http.html#read."""

from flask import Blueprint, Response, request

from mock_athena.auth.caller import require
from mock_athena.fhir.instants import http_date
from mock_athena.fhir.placeholders import filled
from mock_athena.web.answers import fhir_answer
from mock_athena.web.binary import raw_binary, with_content
from mock_athena.web.exchange import current_exchange
from mock_athena.web.kinds import served_type
from mock_athena.web.negotiate import format_of, require_json, wants_raw
from mock_athena.web.parameters import pairs_of
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.visibility import visible
from mock_athena.web.world import World


def read_views(world: World) -> Blueprint:
    """Read, for both environments."""
    views = Blueprint("read", __name__)

    @views.get(FHIR_BASE + "/<name:type>/<name:id>")
    def read(type: str, id: str) -> Response:
        exchange, kind = current_exchange(), served_type(type)
        accept, format = request.headers.get("Accept", ""), format_of(pairs_of(exchange.query))
        require(exchange.bearer, kind.name, "r")
        raw = kind.name == "Binary" and wants_raw(accept, format)
        if not raw:
            require_json(accept, format)
        here = world.environments[exchange.environment]
        known = world.profile.known_id(id)
        snapshot = here.store.snapshot()
        stored = visible(snapshot, kind, known, f"{type}/{id}", exchange.bearer)
        body = filled(stored.body, here.fhir_base(exchange.origin), here.documents_base(exchange.origin))
        if kind.name == "Binary":
            body = with_content(body, snapshot, exchange.bearer.patient, f"Practice {here.facts.practice}")
        headers = {
            "ETag": f'W/"{stored.version_id}"',
            "Last-Modified": http_date(stored.last_updated),
        }
        return raw_binary(body, headers) if raw else fhir_answer(body, headers)

    return views
