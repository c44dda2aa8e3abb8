"""Operations on patients and their documents: ``Patient/{id}/$everything`` and ``DocumentReference/$docref``.

https://hl7.org/fhir/R4/operation-patient-everything.html,
https://hl7.org/fhir/us/core/STU6.1/OperationDefinition-docref.html. Both answer a searchset, by GET, and by POST with a
Parameters resource.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeVar

from flask import Blueprint, Response, request

from mock_athena.auth.caller import require
from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.instants import EARLIEST, LATEST, Range, instant, parse
from mock_athena.fhir.operation_parameters import parameter_pairs
from mock_athena.fhir.placeholders import filled
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.search import Found
from mock_athena.search.docref import DocumentsAsked, documents
from mock_athena.search.everything import Everything, everything
from mock_athena.search.listing import Listing, listed
from mock_athena.search.values import id as fhir_id
from mock_athena.store import Snapshot
from mock_athena.web.answers import fhir_answer
from mock_athena.web.exchange import current_exchange
from mock_athena.web.negotiate import agreed
from mock_athena.web.parameters import Pairs, exact_pairs
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.search import circumstances_of
from mock_athena.web.searchset import Places, listing_set
from mock_athena.web.subsets import SUBSET_PARAMETERS, part_of
from mock_athena.web.visibility import visible
from mock_athena.web.world import World

T = TypeVar("T")

_OF_ANSWERS = ("_count", "cursor", "_format", "_pretty", *SUBSET_PARAMETERS)
_OF_EVERYTHING = ("start", "end", "_since", "_type", *_OF_ANSWERS)
_OF_DOCREF = ("patient", "start", "end", "type", "on-demand", "profile", *_OF_ANSWERS)
_METHODS = ["GET", "POST"]


def operation_views(world: World) -> Blueprint:
    """The operations, for both environments."""
    views = Blueprint("operations", __name__)

    @views.route(FHIR_BASE + "/Patient/<name:id>/$everything", methods=_METHODS)
    def patient_everything(id: str) -> Response:
        return _everything(world, id)

    @views.route(FHIR_BASE + "/DocumentReference/$docref", methods=_METHODS)
    def docref() -> Response:
        return _docref(world)

    return views


class _Asked(NamedTuple):
    """One call of an operation.

    Attributes:
        pairs: its parameters. used: those that links repeat. given: the same by name.
    """

    operation: str
    pairs: Pairs
    used: Pairs
    given: dict[str, str]

    def range(self) -> Range | None:
        """From the first instant of ``start`` to the last of ``end``; None where neither is given."""
        start, end = self.read("start", parse), self.read("end", parse)
        if start is None and end is None:
            return None
        return Range(start.low if start else EARLIEST + 1, end.high if end else LATEST)

    def read(self, name: str, parser: Callable[[str], T]) -> T | None:
        """A parameter's value; None where it is not given."""
        text = self.given.get(name)
        if text is None:
            return None
        try:
            return parser(text)
        except ValueError as error:
            message = f"{self.operation}?{name}={shortened(text)}: {error}"
            raise BadRequest(message, expression=[name]) from None


def _everything(world: World, id: str) -> Response:
    exchange = current_exchange()
    require(exchange.bearer, "Patient", "r")
    asked = _asked(f"Patient/{id}/$everything", _OF_EVERYTHING)
    patient = world.profile.known_id(id)
    since = asked.read("_since", parse)
    wanted = Everything(patient, asked.read("_type", _types) or (), asked.range(), since.low if since else None)

    def find(snapshot: Snapshot) -> list[Found]:
        visible(snapshot, RESOURCE_TYPES["Patient"], patient, f"Patient/{id}", exchange.bearer)
        return everything(wanted, snapshot, circumstances_of(world, exchange))

    return _answer(world, asked, wanted.types or tuple(RESOURCE_TYPES), find)


def _docref(world: World) -> Response:
    exchange = current_exchange()
    require(exchange.bearer, "DocumentReference", "s")
    asked = _asked("DocumentReference/$docref", _OF_DOCREF)
    patient = asked.read("patient", lambda text: fhir_id(world.profile.known_id(text.removeprefix("Patient/"))))
    if patient is None:
        message = "DocumentReference/$docref: expected patient=, the id of a Patient"
        raise BadRequest(message, expression=["patient"])
    on_demand = asked.read("on-demand", _boolean) or False
    wanted = DocumentsAsked(patient, asked.given.get("type"), asked.range(), on_demand)

    def find(snapshot: Snapshot) -> list[Found]:
        return documents(wanted, snapshot, circumstances_of(world, exchange))

    return _answer(world, asked, ("DocumentReference",), find)


def _asked(operation: str, known: Collection[str]) -> _Asked:
    pairs = exact_pairs(current_exchange().query)
    if request.method == "POST" and (body := request.get_data(cache=False)):
        pairs += parameter_pairs(body, request.content_type or "")
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            message = f"{operation} has no parameter {name!r}; it has {', '.join(known)}"
            raise BadRequest(message, expression=[name])
        given[name] = f"{given[name]},{value}" if name in given else value
    used = [(name, value) for name, value in pairs if name not in ("cursor", "_format", "_pretty")]
    return _Asked(operation, pairs, used, given)


def _answer(world: World, asked: _Asked, types: tuple[str, ...], find: Callable[[Snapshot], list[Found]]) -> Response:
    """The page that was asked for.

    Args:
        types: of which something may be listed, on this page or another. find: tells the whole list.
    """
    exchange = current_exchange()
    exchange.wish = agreed(request.environ.get("HTTP_ACCEPT", ""), asked.pairs)
    here = world.environments[exchange.environment]
    listing = Listing(asked.operation, tuple(asked.used), asked.given.get("_count"), asked.given.get("cursor"))
    page = listed(listing, here.store, find)
    exchange.cursor = page.next or ""
    part = part_of(types, asked.pairs)
    base = here.fhir_base(exchange.origin)
    places, now = Places(base, f"{base}/{asked.operation}"), instant(world.clock.now() // 1000)
    body = listing_set(page, asked.used, part, places, now)
    return fhir_answer(filled(body, base, here.documents_base(exchange.origin)))


def _types(text: str) -> tuple[str, ...]:
    types = tuple(part for part in text.split(",") if part)
    unknown = [type for type in types if type not in RESOURCE_TYPES]
    if unknown:
        message = f"{', '.join(unknown)} is not served here; expected some of {', '.join(sorted(RESOURCE_TYPES))}"
        raise ValueError(message)
    return types


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        message = "expected true or false"
        raise ValueError(message)
    return text == "true"
