"""Read and vread over HTTP: https://hl7.org/fhir/R4/http.html#read, conditional if the caller wishes."""

from flask import Blueprint, Response, request

from mock_athena.auth.caller import require
from mock_athena.errors import NotFound
from mock_athena.fhir.instants import http_date
from mock_athena.fhir.meta import unversioned
from mock_athena.fhir.placeholders import filled
from mock_athena.fhir.registry import ResourceType, offered
from mock_athena.store import Snapshot
from mock_athena.store.snapshot import StoredVersion
from mock_athena.web.answers import fhir_answer, unless_unchanged, validators
from mock_athena.web.binary import raw_binary, with_content
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.kinds import require_interaction, served_type
from mock_athena.web.negotiate import agreed, format_of, wants_raw
from mock_athena.web.parameters import Pairs, pairs_of
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.subsets import part_of
from mock_athena.web.tenancy import require_practice
from mock_athena.web.visibility import visible, visible_version
from mock_athena.web.world import World


def read_views(world: World) -> Blueprint:
    """Read and vread, for both environments."""
    views, types = Blueprint("read", __name__), offered(world.profile.surface)

    @views.get(FHIR_BASE + "/<name:type>/<name:id>")
    def read(type: str, id: str) -> Response:
        return _read(world, served_type(type, types), id, None)

    def vread(type: str, id: str, version: str) -> Response:
        return _read(world, served_type(type, types), id, version)

    if world.profile.versions:
        views.get(FHIR_BASE + "/<name:type>/<name:id>/_history/<version>")(vread)
    return views


def _read(world: World, kind: ResourceType, id: str, version: str | None) -> Response:
    environ, profile = request.environ, world.profile
    exchange: Exchange = environ[ENVIRON_KEY]
    pairs = pairs_of(exchange.query) if exchange.query else []
    if profile.surface != "whole":
        require_interaction(kind, "read")
    if profile.tenancy:
        require_practice(world.environments[exchange.environment].facts, exchange.bearer, pairs)
    require(exchange.bearer, kind.name, "r")
    raw = _negotiated(exchange, kind, environ.get("HTTP_ACCEPT", ""), pairs)
    part = part_of((kind.name,), pairs)
    snapshot = world.environments[exchange.environment].store.snapshot()
    known, asked = profile.known_id(id), f"{kind.name}/{id}"
    if version is None:
        stored = _current(snapshot, kind, known, asked, exchange)
    else:
        stored = visible_version(snapshot, kind, known, version, asked, exchange.bearer)
    headers = validators(stored) if profile.versions else _headers(world, exchange, kind, stored, asked)
    unchanged = unless_unchanged(headers) if profile.versions else None
    if unchanged:
        return unchanged
    body = _body(world, exchange, kind, snapshot, stored)
    return raw_binary(body, headers) if raw else fhir_answer(part.of(body), headers)


def _current(snapshot: Snapshot, kind: ResourceType, id: str, asked: str, exchange: Exchange) -> StoredVersion:
    """The current version, if this caller may see it."""
    try:
        return visible(snapshot, kind, id, asked, exchange.bearer)
    except NotFound as refusal:
        if exchange.profile.own_ids_only:
            from mock_athena.search.as_real import invalid_request, is_own_id  # most runs never need it

            if not is_own_id(id):
                reason = f"{asked}: no id such as a-500001.E-1, and {refusal.reason}"
                raise invalid_request(reason, kind.name) from None
        raise


def _headers(world: World, exchange: Exchange, kind: ResourceType, stored: StoredVersion, asked: str) -> dict[str, str]:
    """The header fields of a read where versions are not told of."""
    headers = {"Last-Modified": http_date(stored.last_updated)} if kind.dated else {}
    if exchange.profile.read_location:
        headers["Location"] = f"{world.environments[exchange.environment].fhir_base(exchange.origin)}/{asked}"
    return headers


def _negotiated(exchange: Exchange, kind: ResourceType, accept: str, pairs: Pairs) -> bool:
    """Whether a Binary is wanted as what it contains; else the representation is agreed on."""
    if kind.name == "Binary" and wants_raw(accept, format_of(pairs)):
        return True
    exchange.wish = agreed(accept, pairs)
    return False


def _body(world: World, exchange: Exchange, kind: ResourceType, snapshot: Snapshot, stored: StoredVersion) -> bytes:
    here = world.environments[exchange.environment]
    kept = stored.body if exchange.profile.versions else unversioned(stored.body, dated=kind.dated)
    body = filled(kept, here.fhir_base(exchange.origin), here.documents_base(exchange.origin))
    if kind.name != "Binary":
        return body
    return with_content(body, snapshot, exchange.bearer.reach.compartments, f"Practice {here.facts.practice}")
