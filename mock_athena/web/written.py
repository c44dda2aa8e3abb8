"""Create, update, patch and delete over HTTP: https://hl7.org/fhir/R4/http.html. Thin: read, call, render."""

import json

from flask import Response, request

from mock_athena.errors import BadRequest, Issue
from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.fhir.placeholders import filled
from mock_athena.web.answers import fhir_answer, validators
from mock_athena.web.bodies import patch_body, resource_body
from mock_athena.web.exchange import current_exchange
from mock_athena.web.kinds import served_type
from mock_athena.web.negotiate import agreed
from mock_athena.web.parameters import Pairs, exact_pairs, pairs_of
from mock_athena.web.prefer import preferences
from mock_athena.web.search import circumstances_of
from mock_athena.web.world import World
from mock_athena.writes import interactions
from mock_athena.writes.patching import patched
from mock_athena.writes.preconditions import Preconditions
from mock_athena.writes.writing import Writing, Written

_OF_THE_ANSWER = ("_format", "_pretty")


def create(world: World, type: str) -> Response:
    """``POST {type}``, with ``If-None-Exist`` only if nothing matches yet."""
    kind = served_type(type)
    _only_of_the_answer()
    written = interactions.create(writing_of(world), kind, resource_body(), _if_none_exist())
    return written_answer(world, written, located=True)


def update(world: World, type: str, id: str) -> Response:
    """``PUT {type}/{id}``, with ``If-Match`` only that version."""
    kind = served_type(type)
    _only_of_the_answer()
    written = interactions.update(writing_of(world), kind, id, resource_body(), _preconditions())
    return written_answer(world, written)


def update_matching(world: World, type: str) -> Response:
    """``PUT {type}?…``: what matches, or a new resource."""
    kind, pairs = served_type(type), _condition()
    written = interactions.update_matching(writing_of(world), kind, pairs, resource_body(), _preconditions())
    return written_answer(world, written)


def patch(world: World, type: str, id: str) -> Response:
    """``PATCH {type}/{id}`` with a JSON Patch."""
    kind = served_type(type)
    _only_of_the_answer()
    written = interactions.change(writing_of(world), kind, id, patched(patch_body()), _preconditions())
    return written_answer(world, written)


def delete(world: World, type: str, id: str) -> Response:
    """``DELETE {type}/{id}``."""
    kind = served_type(type)
    _only_of_the_answer()
    return _deleted(interactions.delete(writing_of(world), kind, id, _preconditions()), f"{type}/{id}")


def delete_matching(world: World, type: str) -> Response:
    """``DELETE {type}?…``: what matches, if that is one resource."""
    kind, pairs = served_type(type), _condition()
    return _deleted(interactions.delete_matching(writing_of(world), kind, pairs), f"what matched of {type}")


def writing_of(world: World) -> Writing:
    """Who writes where in this request; refuses a caller who could not read the answer.

    Raises:
        NotAcceptable: JSON is not accepted.
    """
    exchange = current_exchange()
    exchange.wish = agreed(request.headers.get("Accept", ""), pairs_of(exchange.query))
    here = world.environments[exchange.environment]
    return Writing(
        store=here.store,
        practice=here.facts.practice,
        caller=exchange.bearer,
        now=world.clock.now(),
        # Strict: a condition of which a part is ignored would match what was not meant.
        search=circumstances_of(world, exchange, strict=True),
        documents=here.documents_base(exchange.origin),
        update_as_create=world.settings.update_as_create,
        assigned_id=exchange.assigned_id,
        expected=exchange.expected,
    )


def written_answer(world: World, written: Written, *, located: bool = False) -> Response:
    """The answer to a write: the resource, an outcome or nothing, as ``Prefer: return=`` wishes.

    Args:
        located: tell where it is also if it was there before.
    """
    exchange = current_exchange()
    here = world.environments[exchange.environment]
    base = here.fhir_base(exchange.origin)
    place = f"{base}/{written.type}/{written.id}/_history/{written.stored.version_id}"
    headers = validators(written.stored)
    if written.created or located:
        headers["Location"] = place
    status = 201 if written.created else 200
    match preferences(request.headers.getlist("Prefer")).returned:
        case "minimal":
            return _empty(status, headers)
        case "OperationOutcome":
            return fhir_answer(_outcome(_told(written), written.warnings), headers, status)
        case _:
            return fhir_answer(filled(written.stored.body, base, here.documents_base(exchange.origin)), headers, status)


def _told(written: Written) -> str:
    done = (
        "was created"
        if written.created
        else "was updated"
        if written.changed
        else "is there already; nothing was written"
    )
    return f"{written.type}/{written.id} {done}, version {written.stored.version_id}"


def _outcome(text: str, warnings: tuple[Issue, ...] = ()) -> bytes:
    told = operation_outcome(issue("information", "informational", text), *(issue(*each) for each in warnings))
    return json.dumps(told, ensure_ascii=False).encode(errors="replace")


def _deleted(version: int | None, name: str) -> Response:
    headers = {"ETag": f'W/"{version}"'} if version is not None else {}
    if preferences(request.headers.getlist("Prefer")).returned == "OperationOutcome":
        done = "was deleted" if version is not None else "was not there, so there was nothing to delete"
        return fhir_answer(_outcome(f"{name} {done}"), headers)
    return _empty(204, headers)


def _empty(status: int, headers: dict[str, str]) -> Response:
    answer = Response(b"", status, headers)
    del answer.headers["Content-Type"]
    return answer


def _preconditions() -> Preconditions:
    return Preconditions(request.headers.get("If-Match", ""), request.headers.get("If-None-Match", ""))


def _if_none_exist() -> Pairs:
    """The condition of a create; the header may repeat the type: ``Patient?identifier=…``."""
    header = request.headers.get("If-None-Exist")
    if header is None:
        return []
    pairs = exact_pairs(header.rpartition("?")[2] if "?" in header.partition("=")[0] else header)
    if not pairs:
        message = (
            f"If-None-Exist: {header!r} asks for nothing; expected search parameters such as identifier=system|value"
        )
        raise BadRequest(message, expression=["If-None-Exist"])
    return pairs


def _condition() -> Pairs:
    """The search parameters of a conditional update or delete."""
    return [pair for pair in exact_pairs(current_exchange().query) if pair[0] not in _OF_THE_ANSWER]


def _only_of_the_answer() -> None:
    other = [name for name, _ in pairs_of(current_exchange().query) if name not in _OF_THE_ANSWER]
    if other:
        message = f"{', '.join(other)}: this interaction takes no parameters; a condition of a create is If-None-Exist"
        raise BadRequest(message, expression=other)
