"""What would become of a request, without its being made: the very steps of the edge and the very views.

Nothing is charged, journaled or kept: what the view writes is undone before anybody sees it, and a ``GET`` is carried
out as a ``HEAD``, which decides the same and sends nothing (but for the kick-off of an export).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app

from mock_athena.auth.caller import require
from mock_athena.errors import (
    BusinessRule,
    Conflict,
    Forbidden,
    Gone,
    MethodNotAllowed,
    MissingCombination,
    NotFound,
    OutOfReach,
    PreconditionFailed,
    Refusal,
    Throttled,
    Unauthorized,
)
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.ratelimit import Decision
from mock_athena.web.edge import Edge, Environ
from mock_athena.web.exchange import Exchange
from mock_athena.web.routes import BULK, DOCUMENTS, FHIR, FHIR_BASE, PUBLIC, UNKNOWN, route_of
from mock_athena.web.world import World

LETTERS = {"POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d"}
RUN = (FHIR, BULK, DOCUMENTS, PUBLIC, UNKNOWN)
"""What is tried; the rest needs no access token."""

_TYPES = {"PATCH": "application/json-patch+json"}
# What is said of the token or of a fault is the business of the explanation, and not of the request.
_LEFT_OUT = ("AUTHORIZATION", "X_MOCK_FAULT", "HOST", "CONTENT_TYPE", "CONTENT_LENGTH")


_RULES: tuple[tuple[type[Refusal], str], ...] = (
    (Unauthorized, "token"),
    (MissingCombination, "required combination"),
    (Forbidden, "scope"),
    (OutOfReach, "out of reach"),
    (NotFound, "not there"),
    (Gone, "deleted"),
    (MethodNotAllowed, "method"),
    (Throttled, "rate limit"),
    (PreconditionFailed, "precondition"),
    (Conflict, "conflict"),
    (Refusal, "request"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is talked about.

    Attributes:
        url: absolute, or the path with its query. body: a JSON value; None where nothing is said of it.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        return unquote(urlsplit(self.url).path)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of it.

    Attributes:
        exchange: as far as it came. status: of the answer. refusal: why it is refused; None where it is not.
        standing: what its quota says of one more request; None where nothing was spent of it yet.
        whole: False where no body was given and one is needed, so that the rights alone were asked.
    """

    exchange: Exchange
    status: int
    refusal: Refusal | None
    standing: Decision | None
    whole: bool = True


def rule_of(refusal: Refusal) -> str:
    """Which rule a refusal keeps, in a word or two."""
    if isinstance(refusal, BusinessRule) and "ah-practice" in refusal.expression:
        return "practice"
    return next(name for kind, name in _RULES if isinstance(refusal, kind))


def rehearsed(world: World, asked: Request, token: str, host: str) -> Rehearsed:
    """What would become of a request with this token.

    Args:
        host: the ``Host`` that it would be sent to.
    """
    return _Rehearsal(world, current_app.wsgi_app).run(asked, token, host)


class _Rehearsal(Edge):
    """The edge, up to the view and no further."""

    def run(self, asked: Request, token: str, host: str) -> Rehearsed:
        environ = _environ(asked, token, host)
        exchange = self._receive(environ)
        exchange.is_rehearsed = True
        self._prepare(exchange, environ)
        try:
            self._identify(exchange, environ)
            whole = self._is_whole(asked, exchange)
            status = self._answered(exchange, environ) if whole else 201 if exchange.method == "POST" else 200
        except Refusal as refusal:
            exchange.end(refusal)
            return Rehearsed(exchange, refusal.status, refusal, self._standing(exchange))
        return Rehearsed(exchange, status, exchange.refusal, self._standing(exchange), whole)

    def _is_whole(self, asked: Request, exchange: Exchange) -> bool:
        """Whether the view can be asked; else the right that it would ask for first is.

        Raises:
            InsufficientScope: the right is missing.
        """
        letter = LETTERS.get(exchange.method)
        if letter is None or letter == "d" or asked.body is not None or exchange.route is not FHIR:
            return True
        kind = RESOURCE_TYPES.get(route_of(asked.path).path.removeprefix(FHIR_BASE + "/").partition("/")[0])
        if kind is None or asked.path.endswith("/_search") or "$" in asked.path:
            return True
        require(exchange.bearer, kind.name, letter)
        return False

    def _answered(self, exchange: Exchange, environ: Environ) -> int:
        if exchange.route not in RUN:
            return 200
        statuses: list[int] = []

        def start(status: str, _: Any, __: Any = None) -> Any:
            statuses.append(int(status[:3]))

        with self.world.environments[exchange.environment].store.rehearsal(self.world.clock.now()):
            answer = self.flask(environ, start)
            close = getattr(answer, "close", None)
            if close:
                close()
        return statuses[-1]

    def _standing(self, exchange: Exchange) -> Decision | None:
        if not exchange.cost or exchange.caller is None:
            return None
        key = self._accounts.of(exchange).key
        return next((standing for standing in self.world.limiter.standings() if standing.key == key), None)


def _carried_out_as(asked: Request) -> str:
    """An export cannot be asked for by ``HEAD``, and its answer has no body anyway."""
    return "HEAD" if asked.method == "GET" and not asked.path.endswith("/$export") else asked.method


def _environ(asked: Request, token: str, host: str) -> Environ:
    body = b"" if asked.body is None else json.dumps(asked.body).encode()
    name, _, port = host.partition(":")
    headers = {f"HTTP_{field.upper().replace('-', '_')}": _wsgi(value) for field, value in asked.headers.items()}
    environ = {key: value for key, value in headers.items() if key.removeprefix("HTTP_") not in _LEFT_OUT}
    sent = {field.lower(): value for field, value in asked.headers.items()}
    return environ | {
        "REQUEST_METHOD": _carried_out_as(asked),
        "SCRIPT_NAME": "",
        "PATH_INFO": _wsgi(asked.path),
        "QUERY_STRING": _wsgi(urlsplit(asked.url).query),
        "SERVER_NAME": name,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": sent.get("content-type") or _TYPES.get(asked.method, "application/fhir+json"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _wsgi(text: str) -> str:
    """Text as WSGI hands it over: a byte of its UTF-8 in each character (PEP 3333)."""
    return text.encode(errors="replace").decode("latin-1")
