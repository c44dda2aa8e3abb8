"""What a search is answered with where the profile follows the real API: Bundles, and what is not carried out."""

from collections.abc import Iterable
from functools import partial

from flask import Response

from mock_athena.fhir import bundle
from mock_athena.fhir.instants import instant
from mock_athena.fhir.meta import unversioned
from mock_athena.fhir.outcome import operation_outcome
from mock_athena.fhir.registry import ResourceType, offered
from mock_athena.population.shapes.eastern import local
from mock_athena.search.as_real import Doubt, doubt_of, require_combination, require_own_ids
from mock_athena.store.confinement import is_hidden
from mock_athena.web.answers import fhir_answer
from mock_athena.web.exchange import Exchange, current_exchange
from mock_athena.web.parameters import Pairs
from mock_athena.web.searchset import url_of
from mock_athena.web.world import World


def doubtful(world: World, exchange: Exchange, kind: ResourceType, pairs: Pairs) -> Response | None:
    """The Bundle with an outcome that answers a search which is not carried out; None for one that is.

    Raises:
        MissingCombination, BusinessRule: it is refused.
    """
    profile = world.profile
    if profile.required_combinations:
        require_combination(kind, pairs)
    if profile.own_ids_only:
        require_own_ids(pairs, partial(_is_there, world, exchange, kind.name))
    if not profile.outcome_in_bundle:
        return None
    doubt = doubt_of(kind, pairs, partial(_is_there, world, exchange, "Patient"))
    return _told(world, exchange, kind, pairs, doubt) if doubt else None


def entries(base: str, found: Iterable[tuple[str, str, bytes]], mode: str) -> list[bytes]:
    """Entries with links to themselves; like :func:`mock_athena.fhir.bundle.entries`."""
    profile = current_exchange().profile
    types = offered(profile.surface)

    def shown(type: str, body: bytes) -> bytes:
        return body if profile.versions else unversioned(body, dated=type not in types or types[type].dated)

    return [bundle.linked_entry(f"{base}/{type}/{id}", shown(type, body), mode) for type, id, body in found]


def eastern(timestamp: str) -> str:
    """An instant of ours with the offset of US Eastern time, in whole seconds that are written with ``.000``."""
    return local(f"{timestamp[:19]}.000Z")


def _is_there(world: World, exchange: Exchange, type: str, id: str) -> bool:
    """Whether there is a resource that this caller may know of."""
    snapshot = world.environments[exchange.environment].store.snapshot()
    stored = snapshot.read(type, id)
    kind = offered("whole")[type]
    return stored is not None and not is_hidden(snapshot, kind, stored, exchange.bearer.reach, "s")


def _told(world: World, exchange: Exchange, kind: ResourceType, pairs: Pairs, doubt: Doubt) -> Response:
    from uuid import NAMESPACE_URL, uuid5  # few searches end so

    exchange.reason = doubt.reason
    self_url = url_of(f"{world.environments[exchange.environment].fhir_base(exchange.origin)}/{kind.name}", pairs)
    full_url = f"urn:uuid:{uuid5(NAMESPACE_URL, exchange.request_id)}"
    told = bundle.outcome_entry(operation_outcome(doubt.issue), full_url)
    now = instant(world.clock.now() // 1000)
    timestamp = eastern(now) if world.profile.bundle_details else now
    return fhir_answer(bundle.searchset([told], [("self", self_url)], None, timestamp))
