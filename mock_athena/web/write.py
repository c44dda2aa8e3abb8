"""Which paths can be written to: https://hl7.org/fhir/R4/http.html. One table.

What stands behind them is imported with the first request that writes: the models of resources alone take longer to
load than a start may.
"""

from collections.abc import Callable

from flask import Blueprint, Response

from mock_athena.errors import MethodNotAllowed
from mock_athena.web.exchange import current_exchange
from mock_athena.web.routes import FHIR_BASE
from mock_athena.web.world import World

_TYPE = FHIR_BASE + "/<name:type>"
_INSTANCE = _TYPE + "/<name:id>"
_BOOK = "$book"

# (method, path, function in web.written)
_INTERACTIONS = (
    ("POST", _TYPE, "create"),
    ("PUT", _INSTANCE, "update"),
    ("PUT", _TYPE, "update_matching"),
    ("PATCH", _INSTANCE, "patch"),
    ("DELETE", _INSTANCE, "delete"),
    ("DELETE", _TYPE, "delete_matching"),
)


def write_views(world: World) -> Blueprint:
    """Everything that writes, for both environments; where nothing is writable, Bundles that only read are left."""
    views = Blueprint("write", __name__)
    for method, path, name in _INTERACTIONS if world.writable else ():
        views.add_url_rule(path, name, _interaction(world, name), methods=[method])

    @views.post(FHIR_BASE)
    def bundle() -> Response:
        from mock_athena.web.batch import answer_bundle

        return answer_bundle(world)

    @views.post(f"{FHIR_BASE}/Appointment/{_BOOK}")
    @views.post(f"{FHIR_BASE}/Appointment/<name:id>/{_BOOK}")
    def book(id: str = "") -> Response:
        exchange = current_exchange()
        if not world.writable:
            raise writes_off(exchange.method, exchange.path, "OPTIONS")
        from mock_athena.web.booking import book as answer

        return answer(world, id)

    return views


def writes_off(method: str, path: str, allowed: str) -> MethodNotAllowed:
    """The refusal of a write where nothing is writable."""
    message = f"{method} {path}: this server is read-only; start it with --writable to allow writes. Allowed: {allowed}"
    return MethodNotAllowed(message, headers=[("Allow", allowed)])


def _interaction(world: World, name: str) -> Callable[..., Response]:
    def view(**of_path: str) -> Response:
        from mock_athena.web import written

        answer: Callable[..., Response] = getattr(written, name)
        return answer(world, **of_path)

    return view
