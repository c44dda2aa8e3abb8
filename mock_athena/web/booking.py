"""``Appointment/$book`` over HTTP; what it means is in :mod:`mock_athena.writes.book`."""

from flask import Response

from mock_athena.fhir import bundle
from mock_athena.fhir.instants import http_date, instant
from mock_athena.fhir.placeholders import filled
from mock_athena.web.answers import fhir_answer
from mock_athena.web.bodies import resource_body
from mock_athena.web.exchange import current_exchange
from mock_athena.web.world import World
from mock_athena.web.written import writing_of
from mock_athena.writes.book import booked, wish_of
from mock_athena.writes.writing import Written


def book(world: World, id: str) -> Response:
    """``POST Appointment/$book``, or ``Appointment/{id}/$book`` for one that is there."""
    writing = writing_of(world)
    wish = wish_of(resource_body(), id, writing)
    return _bundle(world, booked(writing, wish))


def _bundle(world: World, written: Written) -> Response:
    """A searchset with the appointment, which is what the guide's operation answers."""
    exchange = current_exchange()
    here = world.environments[exchange.environment]
    base = here.fhir_base(exchange.origin)
    url = f"{base}/{written.type}/{written.id}"
    entries = bundle.entries(base, [(written.type, written.id, written.stored.body)])
    body = bundle.searchset(entries, [("self", url)], 1, instant(world.clock.now() // 1000))
    headers = {"Location": f"{url}/_history/{written.stored.version_id}"} if written.created else {}
    headers["Last-Modified"] = http_date(written.stored.last_updated)
    return fhir_answer(
        filled(body, base, here.documents_base(exchange.origin)), headers, 201 if written.created else 200
    )
