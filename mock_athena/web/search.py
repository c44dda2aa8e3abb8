"""Search over HTTP: https://hl7.org/fhir/R4/http.html#search. Thin: parse whole, run on one snapshot, render."""

from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from mock_athena.auth.addresses import environment_of
from mock_athena.auth.caller import require
from mock_athena.errors import NotFound, UnsupportedMediaType
from mock_athena.fhir import bundle
from mock_athena.fhir.instants import instant
from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.fhir.placeholders import filled
from mock_athena.search import Circumstances, Page, SearchQuery, parse_search, run_search
from mock_athena.web.answers import fhir_answer
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.kinds import served_type
from mock_athena.web.negotiate import format_of, require_json
from mock_athena.web.parameters import Pairs, pairs_of
from mock_athena.web.prefer import preferences
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.world import World

_FORM = "application/x-www-form-urlencoded"


def search_views(world: World) -> Blueprint:
    """Search by GET and by POST, for both environments."""
    views = Blueprint("search", __name__)

    @views.get(FHIR_BASE + "/<name:type>")
    def search(type: str) -> Response:
        return _search(world, type, pairs_of(current_exchange().query))

    @views.post(FHIR_BASE + "/<name:type>/_search")
    def search_by_post(type: str) -> Response:
        form = request.get_data(cache=False).decode("utf-8", "replace")
        # With everything in the URL there is nothing to declare the type of.
        if form and request.mimetype != _FORM:
            message = f"Content-Type: {request.content_type or 'missing'}; a search by POST is sent as {_FORM}"
            raise UnsupportedMediaType(message)
        return _search(world, type, pairs_of(current_exchange().query) + pairs_of(form))

    return views


def _search(world: World, type: str, pairs: Pairs) -> Response:
    exchange, kind = current_exchange(), served_type(type)
    caller = exchange.bearer
    require(caller, kind.name, "s")
    require_json(request.headers.get("Accept", ""), format_of(pairs))
    if not kind.searchable:
        message = f"{kind.name} is read by id only: GET {kind.name}/{{id}}"
        raise NotFound(message)
    here = world.environments[exchange.environment]
    now = world.clock.now() // 1000
    handling = preferences(request.headers.getlist("Prefer")).handling
    base = here.fhir_base(exchange.origin)
    circumstances = Circumstances(
        partial(_is_ours, exchange), now, world.profile.known_id, handling == "strict", caller.patient
    )
    query = parse_search(kind, pairs, circumstances)
    page = run_search(query, here.store, with_total=world.profile.bundle_total)
    body = _searchset(query, page, base, instant(now), tell_ignored=handling == "lenient")
    return fhir_answer(filled(body, base, here.documents_base(exchange.origin)))


def _is_ours(exchange: Exchange, base: str) -> bool:
    """Whether a base URL, however its host is spelled, is that of the environment that was asked."""
    return environment_of(base, exchange.origin) == exchange.environment


def _searchset(query: SearchQuery, page: Page, base: str, timestamp: str, *, tell_ignored: bool) -> bytes:
    url = f"{base}/{query.selection.type}"
    entries = [bundle.match_entry(f"{url}/{row.id}", row.body) for row in page.rows]
    if tell_ignored and query.ignored:
        text = f"ignored, since this server does not know them: {', '.join(query.ignored)}"
        entries.append(bundle.outcome_entry(operation_outcome(issue("warning", "not-supported", text, query.ignored))))
    links = [("self", _url(url, query.used))]
    if page.next:
        links.append(("next", _url(url, (*query.used, ("cursor", page.next)))))
    return bundle.searchset(entries, links, page.total, timestamp)


def _url(url: str, pairs: tuple[tuple[str, str], ...]) -> str:
    return f"{url}?{urlencode(pairs, safe=':/|,')}" if pairs else url
