"""The edge: the whole life of a request, in plain WSGI, before and after Flask.

Read :meth:`Edge.__call__`; it is the picture of ``docs/lifecycle.md``. A request that is refused here touches nothing
below. Headers, body and journal entry come from the same decision, so they cannot disagree.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from mock_athena.clock import stopwatch
from mock_athena.errors import Refusal, Unauthorized
from mock_athena.journal import Entry, instant_text, without_secrets
from mock_athena.ratelimit import Decision
from mock_athena.ratelimit.headers import decision_headers
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.origin import origin_of, remote_of
from mock_athena.web.refuse import defect, render, throttled
from mock_athena.web.routes import COSTS, route_of
from mock_athena.web.world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Edge:
    """The WSGI application of one world."""

    def __init__(self, world: World, flask: WsgiApp) -> None:
        self.world = world
        self._flask = flask

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        began = stopwatch()
        world = self.world
        exchange = self._receive(environ)  # route class, environment, origin

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            headers = self._finish(exchange, int(status[:3]), headers, stopwatch() - began)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        cost = COSTS[exchange.route]
        try:
            if cost:
                exchange.caller = world.authorization.identify(environ.get("HTTP_AUTHORIZATION"))
                exchange.decision = world.limiter.hit(self._quota_key(exchange), cost)
                if not exchange.decision.allowed:
                    raise throttled(exchange.decision)
            fault = world.faults.strike(exchange.route)
            if fault:
                raise fault
            return self._flask(environ, start)
        except Refusal as refusal:
            return _refused(refusal, exchange, start)
        except Exception as error:  # whatever it was, the caller gets an answer and the log the detail
            return _refused(defect(error, exchange), exchange, start)

    def _receive(self, environ: Environ) -> Exchange:
        path, settings = environ.get("PATH_INFO", "") or "/", self.world.settings
        route = route_of(path)
        request_id = environ.get("HTTP_X_REQUEST_ID", "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = secrets.token_hex(8)
        environ["PATH_INFO"] = route.path
        if not path.isascii():  # WSGI hands bytes over as Latin-1 (PEP 3333); they are meant as UTF-8
            path = path.encode("latin-1", "replace").decode(errors="replace")
        exchange = environ[ENVIRON_KEY] = Exchange(
            method=environ["REQUEST_METHOD"],
            path=path,
            query=environ.get("QUERY_STRING", ""),
            route=route.name,
            environment=route.environment,
            origin=origin_of(environ, settings.external_url, settings.trusted_proxies),
            remote=remote_of(environ, settings.trusted_proxies),
            request_id=request_id,
        )
        return exchange

    def _quota_key(self, exchange: Exchange) -> str:
        """Whose quota: one for each client in each environment; without a client, the address."""
        return f"{exchange.environment}:{exchange.caller.key if exchange.caller else exchange.remote}"

    def _finish(
        self, exchange: Exchange, status: int, headers: list[tuple[str, str]], nanoseconds: int
    ) -> list[tuple[str, str]]:
        """The answer's headers with ours; the exchange goes into the journal."""
        timing = ("Server-Timing", f"total;dur={nanoseconds / 1e6:.3f}")
        ours = [("X-Request-Id", exchange.request_id), timing]
        if exchange.route == "control":  # looking at the emulator changes nothing of what is looked at
            return headers + ours
        decision = exchange.decision or self.world.limiter.look(self._quota_key(exchange))
        self.world.journal.append(_entry(exchange, decision, status, nanoseconds))
        if COSTS[exchange.route]:
            ours += decision_headers(decision)
        return headers + ours


def _refused(refusal: Refusal, exchange: Exchange, start: StartResponse) -> list[bytes]:
    exchange.reason = refusal.reason
    exchange.unauthenticated = isinstance(refusal, Unauthorized)
    answer = render(refusal)
    start(_STATUS_LINES[answer.status], answer.headers)
    return [answer.body] if exchange.method != "HEAD" else []


def _entry(exchange: Exchange, decision: Decision, status: int, nanoseconds: int) -> Entry:
    caller = exchange.caller
    return Entry(
        seq=decision.seq,
        instant=instant_text(decision.instant),
        method=exchange.method,
        path=exchange.path,
        query=without_secrets(exchange.query, exchange.route),
        status=status,
        route=exchange.route,
        environment=exchange.environment,
        client_id=caller.client_id if caller else None,
        patient=caller.patient if caller else None,
        remote=exchange.remote,
        verdict=_verdict(exchange, decision),
        reason=exchange.reason,
        request_id=exchange.request_id,
        seconds=round(nanoseconds / 1e9, 6),
    )


def _verdict(exchange: Exchange, decision: Decision) -> str:
    if exchange.unauthenticated:
        return "unauthenticated"
    if not COSTS[exchange.route]:
        return "unlimited"
    return "admitted" if decision.allowed else "refused"
