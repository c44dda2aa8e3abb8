"""Search over HTTP: https://hl7.org/fhir/R4/http.html#search. Thin: parse whole, run on one snapshot, render."""

from collections.abc import Hashable
from functools import partial
from typing import NamedTuple

from flask import Blueprint, Response, request

from mock_athena.auth.addresses import environment_of
from mock_athena.auth.caller import require
from mock_athena.errors import NotFound, UnsupportedMediaType, shortened
from mock_athena.fhir import bundle
from mock_athena.fhir.instants import instant
from mock_athena.fhir.placeholders import filled
from mock_athena.fhir.references import NO_ID, is_id
from mock_athena.fhir.registry import ResourceType, offered
from mock_athena.search import Circumstances, parse_search, run_search
from mock_athena.search.along import possible_types
from mock_athena.store.criteria import Criterion, InCompartment
from mock_athena.web.answers import fhir_answer
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.kinds import require_searchable, served_type
from mock_athena.web.negotiate import agreed
from mock_athena.web.parameters import Pairs, exact_pairs
from mock_athena.web.prefer import preferences
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.searchset import Places, searchset
from mock_athena.web.subsets import part_of
from mock_athena.web.tenancy import require_practice
from mock_athena.web.world import World

_FORM = "application/x-www-form-urlencoded"
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")


# A query of more bytes is answered without keeping the answer.
_LONGEST_KEPT = 500


class Asked(NamedTuple):
    """One search.

    Attributes:
        handling: what the caller prefers where a parameter is not known. below: ``Patient/{id}/`` of a compartment.
        within: the criteria that this path asks for.
    """

    kind: ResourceType
    pairs: Pairs
    handling: str
    below: str
    within: tuple[Criterion, ...]


def search_views(world: World) -> Blueprint:
    """Search by GET and by POST, of a type or within a patient's compartment, for both environments."""
    views, types = Blueprint("search", __name__), offered(world.profile.surface)

    @views.get(FHIR_BASE + "/<name:type>")
    def search(type: str) -> Response:
        return _search(world, served_type(type, types), exact_pairs(current_exchange().query))

    @views.post(FHIR_BASE + "/<name:type>/_search")
    def search_by_post(type: str) -> Response:
        return _search(world, served_type(type, types), _posted_pairs())

    if world.profile.compartment_search:
        _add_compartments(views, world)
    return views


def _add_compartments(views: Blueprint, world: World) -> None:
    @views.get(FHIR_BASE + "/<name:of>/<name:id>/<name:type>")
    def search_compartment(of: str, id: str, type: str) -> Response:
        pairs = exact_pairs(current_exchange().query)
        return _search(world, _within(of, type), pairs, f"{of}/{id}/", _compartment(world, id))

    @views.post(FHIR_BASE + "/<name:of>/<name:id>/<name:type>/_search")
    def search_compartment_by_post(of: str, id: str, type: str) -> Response:
        return _search(world, _within(of, type), _posted_pairs(), f"{of}/{id}/", _compartment(world, id))


def _posted_pairs() -> Pairs:
    form = request.get_data(cache=False)
    # With everything in the URL there is nothing to declare the type of.
    if form and request.mimetype != _FORM:
        message = f"Content-Type: {request.content_type or 'missing'}; a search by POST is sent as {_FORM}"
        raise UnsupportedMediaType(message)
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in _CHARSETS:
        message = f"Content-Type: {request.content_type}; a form is read as UTF-8, not as {shortened(charset)}"
        raise UnsupportedMediaType(message)
    return exact_pairs(current_exchange().query) + exact_pairs(form)


def _within(of: str, type: str) -> ResourceType:
    """The type that is searched in a compartment; https://hl7.org/fhir/R4/http.html#vsearch."""
    if served_type(of).name != "Patient":
        message = f"{of} has no compartment here; expected Patient/{{id}}/{type}"
        raise NotFound(message)
    kind = served_type(type)
    if not kind.patient or kind.patient == "id":
        message = f"{type} is in no patient's compartment; search it by GET {type}?…"
        raise NotFound(message)
    return kind


def _compartment(world: World, id: str) -> tuple[Criterion, ...]:
    known = world.profile.known_id(id)
    if not is_id(known):
        message = f"Patient/{shortened(id)}: {id!r} is {NO_ID}"
        raise NotFound(message)
    return (InCompartment((known,)),)


def _search(
    world: World, kind: ResourceType, pairs: Pairs, below: str = "", within: tuple[Criterion, ...] = ()
) -> Response:
    exchange, profile = current_exchange(), world.profile
    if profile.tenancy:
        require_practice(world.environments[exchange.environment].facts, exchange.bearer, pairs)
    require(exchange.bearer, kind.name, "s")
    exchange.wish = agreed(request.environ.get("HTTP_ACCEPT", ""), pairs)
    require_searchable(kind)
    doubt = _doubt(world, exchange, kind, pairs) if profile.checks_searches else None
    if doubt:
        return doubt
    handling = preferences((request.environ.get("HTTP_PREFER", ""),), world.settings.handling).handling
    asked = Asked(kind, pairs, handling, below, within)
    body = world.hot.answer(_key(world, exchange, asked), partial(_answered, world, exchange, asked))
    return fhir_answer(bundle.dated(body, _timestamp(world)))


def _doubt(world: World, exchange: Exchange, kind: ResourceType, pairs: Pairs) -> Response | None:
    """The answer to a search that the profile does not carry out, if it is not refused at once."""
    from mock_athena.web.real_search import doubtful  # most runs never need it

    return doubtful(world, exchange, kind, pairs)


def _timestamp(world: World) -> str:
    now = instant(world.clock.now() // 1000)
    if not world.profile.bundle_details:
        return now
    from mock_athena.web.real_search import eastern  # most runs never need it

    return eastern(now)


def _key(world: World, exchange: Exchange, asked: Asked) -> Hashable:
    """All that the answer depends on; None where that is more than a key can say."""
    # "About" a date, as a value or a part of a composite's.
    depends_on_now = any(value.startswith("ap") or ",ap" in value or "$ap" in value for _, value in asked.pairs)
    own = exchange.method == "GET" and not exchange.is_entry and not exchange.is_rehearsed
    own = own and not world.settings.journal_fields  # what is kept does not know its next page
    if not own or depends_on_now or len(exchange.query) > _LONGEST_KEPT:
        return None
    here, caller = world.environments[exchange.environment], exchange.bearer
    snapshot = here.store.snapshot()
    return (snapshot.seq, exchange.origin, exchange.path, exchange.query, asked.handling, caller.reach)


def _answered(world: World, exchange: Exchange, asked: Asked) -> bytes:
    here = world.environments[exchange.environment]
    circumstances = circumstances_of(world, exchange, strict=asked.handling == "strict")
    query = parse_search(asked.kind, asked.pairs, circumstances, asked.within)
    page = run_search(query, here.store, circumstances, with_total=world.profile.bundle_total)
    exchange.cursor = page.next or ""
    part = part_of(possible_types(query), query.used, counted=True)
    base = here.fhir_base(exchange.origin)
    places = Places(base, f"{base}/{asked.below}{asked.kind.name}")
    if world.profile.bundle_details:
        from mock_athena.web.real_search import entries  # most runs never need it

        places = places._replace(entries=entries)
    told = query.ignored if asked.handling == "lenient" else ()
    body = searchset(query, page, part, places, _timestamp(world), told)
    return filled(body, base, here.documents_base(exchange.origin))


def circumstances_of(world: World, exchange: Exchange, *, strict: bool = False) -> Circumstances:
    """What a search means that this request asks for."""
    return Circumstances(
        is_ours=partial(_is_ours, exchange),
        now=world.clock.now() // 1000,
        known_id=world.profile.known_id,
        strict=strict,
        reach=exchange.bearer.reach,
        by_id=world.profile.id_cursors,
    )


def _is_ours(exchange: Exchange, base: str) -> bool:
    """Whether a base URL, however its host is spelled, is that of the environment that was asked."""
    return environment_of(base, exchange.origin) == exchange.environment
