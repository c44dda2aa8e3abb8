"""Read and vread over HTTP: https://hl7.org/fhir/R4/http.html#read, conditional if the caller wishes."""

from flask import Blueprint, Response, request

from mock_athena.auth.caller import require
from mock_athena.fhir.placeholders import filled
from mock_athena.fhir.registry import ResourceType
from mock_athena.store import Snapshot
from mock_athena.store.snapshot import StoredVersion
from mock_athena.web.answers import fhir_answer, unless_unchanged, validators
from mock_athena.web.binary import raw_binary, with_content
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.kinds import served_type
from mock_athena.web.negotiate import agreed, format_of, wants_raw
from mock_athena.web.parameters import Pairs, pairs_of
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.subsets import part_of
from mock_athena.web.visibility import visible, visible_version
from mock_athena.web.world import World


def read_views(world: World) -> Blueprint:
    """Read and vread, for both environments."""
    views = Blueprint("read", __name__)

    @views.get(FHIR_BASE + "/<name:type>/<name:id>")
    def read(type: str, id: str) -> Response:
        return _read(world, type, id, None)

    @views.get(FHIR_BASE + "/<name:type>/<name:id>/_history/<version>")
    def vread(type: str, id: str, version: str) -> Response:
        return _read(world, type, id, version)

    return views


def _read(world: World, type: str, id: str, version: str | None) -> Response:
    exchange, kind = current_exchange(), served_type(type)
    require(exchange.bearer, kind.name, "r")
    pairs = pairs_of(exchange.query) if exchange.query else []
    raw = _negotiated(exchange, kind, pairs)
    part = part_of((kind.name,), pairs)
    snapshot = world.environments[exchange.environment].store.snapshot()
    known, asked = world.profile.known_id(id), f"{type}/{id}"
    if version is None:
        stored = visible(snapshot, kind, known, asked, exchange.bearer)
    else:
        stored = visible_version(snapshot, kind, known, version, asked, exchange.bearer)
    headers = validators(stored)
    unchanged = unless_unchanged(headers)
    if unchanged:
        return unchanged
    body = _body(world, exchange, kind, snapshot, stored)
    return raw_binary(body, headers) if raw else fhir_answer(part.of(body), headers)


def _negotiated(exchange: Exchange, kind: ResourceType, pairs: Pairs) -> bool:
    """Whether a Binary is wanted as what it contains; else the representation is agreed on."""
    accept: str = request.environ.get("HTTP_ACCEPT", "")
    if kind.name == "Binary" and wants_raw(accept, format_of(pairs)):
        return True
    exchange.wish = agreed(accept, pairs)
    return False


def _body(world: World, exchange: Exchange, kind: ResourceType, snapshot: Snapshot, stored: StoredVersion) -> bytes:
    here = world.environments[exchange.environment]
    body = filled(stored.body, here.fhir_base(exchange.origin), here.documents_base(exchange.origin))
    if kind.name != "Binary":
        return body
    return with_content(body, snapshot, exchange.bearer.patient, f"Practice {here.facts.practice}")
