"""The Flask application: the views of every room, and one handler that hands errors to the one renderer."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from flask import Flask, Request, Response, request, request_finished, request_started, request_tearing_down
from flask.globals import request_ctx
from flask.sessions import SessionInterface
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule

from mock_athena.errors import Refusal
from mock_athena.web.bulk import bulk_views
from mock_athena.web.bulk_files import bulk_file_views
from mock_athena.web.control import control_views
from mock_athena.web.documents import documents_views
from mock_athena.web.doors import Doors, console_views, portal_views
from mock_athena.web.exchange import current_exchange
from mock_athena.web.history import history_views
from mock_athena.web.oauth import oauth_views
from mock_athena.web.oauth_endpoints import oauth_endpoints
from mock_athena.web.operations import operation_views
from mock_athena.web.public import public_views
from mock_athena.web.read import read_views
from mock_athena.web.refuse import answer_to, defect, from_status
from mock_athena.web.routes import FHIR, LARGEST_BODY, LONGEST_REMEMBERED
from mock_athena.web.search import search_views
from mock_athena.web.world import World
from mock_athena.web.write import write_views, writes_off

_WRITES = ("POST", "PUT", "PATCH", "DELETE")


class _NameConverter(BaseConverter):
    """A type or an id: whatever is no operation (``$export``), no action (``_search``) and no place of its own."""

    regex = r"(?!(?:metadata|\.well-known)(?:/|$))[^/$_][^/]*"
    part_isolating = True  # it never spans a slash, whatever the look of the pattern suggests


class _NoSession(SessionInterface):
    """Nothing is ever kept in a cookie, so nothing is looked for."""

    def open_session(self, app: Flask, request: object) -> None:
        """No session."""

    def save_session(self, app: Flask, session: object, response: object) -> None:
        """Nothing to save."""


class _Rule(Rule):
    """What a path is matched by. No URL is ever built from it, and to compile how takes most of the time.

    A HEAD is answered wherever a GET is, but where the GET starts a job: HEAD is safe (RFC 9110 §9.2.1).
    """

    def __init__(self, string: str, **options: Any) -> None:
        super().__init__(string, **options)
        if self.methods and string.endswith("/$export"):
            self.methods.discard("HEAD")

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: ARG002 - Werkzeug's
        return _not_built


def _not_built(*arguments: object) -> tuple[str, str]:
    message = "URLs are not built from rules: see mock_athena.web.origin"
    raise NotImplementedError(message)


class _App(Flask):
    """Flask, that does not look at a request for what plays no part in our routing.

    Which view a path has is remembered: finding it takes as long as reading a resource. And a view is called
    straight away where nothing was registered to happen before or after it.
    """

    url_rule_class: type[Rule] = _Rule

    def __init__(self) -> None:
        super().__init__("mock_athena", static_folder=None)
        self._adapters = lru_cache(maxsize=4096)(partial(_Adapter, self.url_map))

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the view; host, scheme and prefix are the edge's business."""
        if request is None:
            return None
        # Only what is short is remembered: a path may be as long as the server takes.
        remembers = len(request.path) <= LONGEST_REMEMBERED
        return (self._adapters if remembers else partial(_Adapter, self.url_map))(request.path, request.method)

    def full_dispatch_request(self) -> Response:
        """As Flask does, without asking at every step whether somebody wanted to be called there."""
        asked = request_ctx.request
        rule = asked.url_rule
        if rule is None or asked.method == "OPTIONS" or not self._is_plain(rule.endpoint.rpartition(".")[0]):
            return super().full_dispatch_request()
        try:
            answer: Any = self.view_functions[rule.endpoint](**asked.view_args or {})
        except Exception as error:  # Flask's own rule: whatever it is, a handler makes an answer of it
            answer = self.handle_user_exception(error)
        return self.make_response(answer)

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """As Flask does, where somebody is to be called."""
        if self.teardown_request_funcs or request_tearing_down.receivers:
            super().do_teardown_request(exc)

    def _is_plain(self, blueprint: str) -> bool:
        """Whether nothing happens before or after the views of a blueprint."""
        hooks = self.before_request_funcs, self.after_request_funcs, self.url_value_preprocessors
        called = any(blueprint in each or None in each for each in hooks)
        return not (called or request_started.receivers or request_finished.receivers)


class _Adapter(MapAdapter):
    """Finds the view of one path and method, once."""

    def __init__(self, rules: Map, path: str, method: str) -> None:
        super().__init__(rules, "", "/", "", "http", path, method)
        self._found: tuple[Rule, Mapping[str, Any]] | None = None

    def match(self, *arguments: Any, **options: Any) -> Any:
        """What Werkzeug finds; that there is nothing is found out anew."""
        if options != {"return_rule": True}:
            return super().match(*arguments, **options)
        rule, values = self._found = self._found or super().match(return_rule=True)
        return rule, dict(values)


def flask_app(world: World) -> Flask:
    """The application below the edge."""
    app = _App()
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY)
    app.session_interface = _NoSession()
    app.url_map.converters["name"] = _NameConverter
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    doors = Doors(world)
    for views in (
        public_views(world),
        oauth_views(world.authorization, doors),
        oauth_endpoints(world),
        portal_views(doors),
        console_views(doors),
        bulk_views(world),
        bulk_file_views(world),
        read_views(world),
        *((history_views(world),) if world.profile.versions else ()),
        *((operation_views(world),) if world.profile.patient_operations else ()),
        search_views(world),
        write_views(world),
        documents_views(world),
        control_views(world),
    ):
        app.register_blueprint(views)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, partial(_not_routed, world))
    app.register_error_handler(Exception, _defect)
    return app


def _refused(refusal: Refusal) -> Response:
    rendered = answer_to(current_exchange(), refusal)
    return Response(rendered.body, rendered.status, rendered.headers)


def _not_routed(world: World, error: HTTPException) -> Response:
    exchange = current_exchange()
    headers = [(name, value) for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")]
    description = error.description or str(error)
    if error.code == 413:
        description = (
            f"the body is larger than {request.max_content_length or LARGEST_BODY:,} bytes, which is the limit"
        )
    if error.code == 405 and exchange.route is FHIR and exchange.method in _WRITES and not world.writable:
        allowed = next((value for name, value in headers if name == "Allow"), "")
        return _refused(writes_off(exchange.method, exchange.path, allowed))
    return _refused(from_status(error.code or 500, description, headers, exchange))


def _defect(error: Exception) -> Response:
    return _refused(defect(error, current_exchange()))
