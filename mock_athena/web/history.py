"""History of a resource and of a type: https://hl7.org/fhir/R4/http.html#history. All pages show one snapshot."""

from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from mock_athena.auth.caller import out_of_reach, require
from mock_athena.errors import BadRequest, NotFound, shortened
from mock_athena.fhir import bundle
from mock_athena.fhir.instants import Range, instant, parse
from mock_athena.fhir.placeholders import filled
from mock_athena.fhir.registry import ResourceType
from mock_athena.search import DEFAULT_COUNT, control, cursor
from mock_athena.search.run import snapshot_of
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.confinement import Reach
from mock_athena.store.criteria import Position
from mock_athena.store.history import Event, History, Place
from mock_athena.web.answers import fhir_answer
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.kinds import served_type
from mock_athena.web.negotiate import agreed
from mock_athena.web.parameters import Pairs, pairs_of
from mock_athena.web.prefer import preferences
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.searchset import page_links
from mock_athena.web.subsets import SUBSET_PARAMETERS, Part, part_of
from mock_athena.web.visibility import unknown, visible
from mock_athena.web.world import Environment, World

_NARROWING = ("_since", "_at")
_ONCE = (*_NARROWING, "_count", "cursor")
_FORMS = ("_format", "_pretty")
_KNOWN = (*_ONCE, *SUBSET_PARAMETERS, *_FORMS)


class _Asked(NamedTuple):
    """One request for a history.

    Attributes:
        given: the parameters that come once, by name. used: those that the links repeat. part: of each resource.
    """

    kind: ResourceType
    id: str | None
    given: dict[str, str]
    used: list[tuple[str, str]]
    part: Part

    @property
    def path(self) -> str:
        return f"{self.kind.name}/{self.id}/_history" if self.id else f"{self.kind.name}/_history"

    @property
    def bound(self) -> list[tuple[str, str]]:
        """What a cursor holds for alone: how the answer is written does not move a place."""
        return [(name, value) for name, value in self.used if name not in _FORMS]


class _Page(NamedTuple):
    """One page of a history."""

    snapshot: Snapshot
    events: list[Event]
    total: int
    next: str | None


def history_views(world: World) -> Blueprint:
    """History of instances and types, for both environments."""
    views = Blueprint("history", __name__)

    @views.get(FHIR_BASE + "/<name:type>/<name:id>/_history")
    def of_instance(type: str, id: str) -> Response:
        kind = served_type(type)
        exchange, known = current_exchange(), world.profile.known_id(id)
        require(exchange.bearer, kind.name, "r")
        if kind.name == "Binary":  # what of it may be seen, its versions do not tell
            visible(
                world.environments[exchange.environment].store.snapshot(), kind, known, f"{type}/{id}", exchange.bearer
            )
        return _history(world, kind, known, f"{type}/{id}")

    @views.get(FHIR_BASE + "/<name:type>/_history")
    def of_type(type: str) -> Response:
        kind = served_type(type)
        require(current_exchange().bearer, kind.name, "s")
        if not kind.searchable:
            message = f"{kind.name} is read by id only: GET {kind.name}/{{id}} or {kind.name}/{{id}}/_history"
            raise NotFound(message)
        return _history(world, kind, None, type)

    return views


def _history(world: World, kind: ResourceType, id: str | None, asked: str) -> Response:
    exchange, environ = current_exchange(), request.environ
    here, pairs = world.environments[exchange.environment], pairs_of(exchange.query)
    exchange.wish = agreed(environ.get("HTTP_ACCEPT", ""), pairs)
    handling = preferences(request.headers.getlist("Prefer"), world.settings.handling).handling
    question = _asked(kind, id, pairs, strict=handling == "strict")
    page = _page(question, here.store, exchange.bearer.reach)
    if id and not page.total and not _is_known(page.snapshot, question, exchange.bearer.reach):
        hidden = page.snapshot.read(kind.name, id) is not None
        reason = out_of_reach(exchange.bearer, kind, id) if hidden else f"no {kind.name} of id {id}"
        raise unknown(id, asked, reason, hidden=hidden)
    body = _bundle(question, page, here.fhir_base(exchange.origin), world.clock.now() // 1000)
    return fhir_answer(_filled(body, here, exchange))


def _asked(kind: ResourceType, id: str | None, pairs: Pairs, *, strict: bool) -> _Asked:
    unknown_names = sorted({name for name, _ in pairs if name not in _KNOWN})
    if strict and unknown_names:
        message = f"a history has no parameter {', '.join(unknown_names)}; it has {', '.join(_KNOWN)}"
        raise BadRequest(message, expression=unknown_names)
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            message = f"{name} was given more than once"
            raise BadRequest(message, expression=[name])
        if name in _ONCE:
            given[name] = value
    used = [(name, value) for name, value in pairs if name in _KNOWN and name != "cursor"]
    return _Asked(kind, id, given, used, part_of((kind.name,), pairs, counted=True))


def _page(asked: _Asked, store: ResourceStore, reach: Reach) -> _Page:
    count = 0 if asked.part.summary == "count" else control.count(asked.given.get("_count", str(DEFAULT_COUNT)))
    seq, after = _position(asked)
    snapshot = snapshot_of(seq, store)
    history = _narrowed(asked, reach)
    found = snapshot.events(history, count + 1, after) if count else []
    total = snapshot.count_events(history)
    if len(found) <= count:
        return _Page(snapshot, found, total, None)
    last = found[count - 1]
    following = cursor.encode(snapshot.seq, Position(last.last_updated, last.vk), asked.path, asked.bound)
    return _Page(snapshot, found[:count], total, following)


def _position(asked: _Asked) -> tuple[int | None, Place | None]:
    if "cursor" not in asked.given:
        return None, None
    seq, position = cursor.decode(asked.given["cursor"], asked.path, asked.bound)
    return seq, Place(*position)


def _narrowed(asked: _Asked, reach: Reach) -> History:
    """The history as far as the caller may see it."""
    criteria = reach.criteria(asked.kind, "r" if asked.id else "s")
    since, at = _range(asked.given, "_since"), _range(asked.given, "_at")
    return History(asked.kind.name, asked.id, since and since.low, at, criteria)


def _is_known(snapshot: Snapshot, asked: _Asked, reach: Reach) -> bool:
    """Whether there is a version at all that the caller may see, though none of those that were asked for."""
    return snapshot.count_events(_narrowed(asked._replace(given={}), reach)) > 0


def _range(given: dict[str, str], name: str) -> Range | None:
    if name not in given:
        return None
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        return parse(given[name].replace(" ", "+"))
    except ValueError as error:
        message = f"{name}={shortened(given[name])}: {error}"
        raise BadRequest(message, expression=[name]) from None


def _bundle(asked: _Asked, page: _Page, base: str, now: int) -> bytes:
    links = page_links(f"{base}/{asked.path}", asked.used, page.next)
    entries = [_entry(asked, event, base) for event in page.events]
    return bundle.history(entries, links, page.total, instant(now))


def _entry(asked: _Asked, event: Event, base: str) -> bytes:
    type = asked.kind.name
    response = {"etag": f'W/"{event.version_id}"', "lastModified": instant(event.last_updated)}
    if event.deleted:
        method, url, status, body = "DELETE", f"{type}/{event.id}", "204", None
    else:
        body = asked.part.of(event.body)
        # How the first version came about was not kept: it counts as created by us, and a later one as sent by PUT.
        created = event.before is None and event.version_id == 1
        method, url = ("POST", type) if created else ("PUT", f"{type}/{event.id}")
        status = "201" if created or event.before else "200"
    told: dict[str, Any] = {"request": {"method": method, "url": url}, "response": {"status": status, **response}}
    return bundle.history_entry(f"{base}/{type}/{event.id}", body, told)


def _filled(body: bytes, here: Environment, exchange: Exchange) -> bytes:
    return filled(body, here.fhir_base(exchange.origin), here.documents_base(exchange.origin))
