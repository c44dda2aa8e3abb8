"""The edge: the whole life of a request, in plain WSGI, before and after Flask.

Read :meth:`Edge.__call__`; it is the picture of ``docs/lifecycle.md``. A request that is refused here touches nothing
below. Headers, body and journal entry come from the same decision, so they cannot disagree.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from mock_athena.auth.bearer import require_no_token
from mock_athena.clock import stopwatch
from mock_athena.errors import ConnectionFault, Refusal
from mock_athena.journal import Entry, without_secrets
from mock_athena.ratelimit import Decision, QuotaKey
from mock_athena.ratelimit.headers import decision_headers
from mock_athena.web.cors import CROSS_SITE, PREFLIGHT_ANSWER, is_preflight
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.origin import origin_of, remote_of
from mock_athena.web.parameters import pairs_of
from mock_athena.web.refuse import defect, render, throttled
from mock_athena.web.routes import PREFLIGHT, route_of
from mock_athena.web.world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

FAULT_HEADER = "HTTP_X_MOCK_FAULT"

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Edge:
    """The WSGI application of one world."""

    def __init__(self, world: World, flask: WsgiApp) -> None:
        self.world = world
        self.flask = flask

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        exchange = self._receive(environ)  # 0 route class, environment, origin
        if not self.world.faults.quiet or FAULT_HEADER in environ:
            from mock_athena.web.faulty import answer_with_faults  # the same, with something going wrong

            return answer_with_faults(self, exchange, environ, start_response)
        return self.answer(exchange, environ, start_response, self.flask)

    def answer(
        self, exchange: Exchange, environ: Environ, start_response: StartResponse, view: WsgiApp
    ) -> Iterable[bytes]:
        """Answer a request that was received."""
        start = self.ending(exchange, environ, start_response)  # headers and journal entry, whatever the answer is
        try:
            if exchange.route is PREFLIGHT:
                return _allowed(start)
            self._identify(exchange, environ)  # 1 who: the caller, or 401
            self._charge(exchange)  # 2 quota: the decision, or 429
            return view(environ, start)  # 3 the view
        except ConnectionFault:
            raise
        except Refusal as refusal:
            return refused(refusal, exchange, start)
        except Exception as error:  # whatever it was, the caller gets an answer and the log the detail
            return refused(defect(error, exchange), exchange, start)

    def unanswered(self, exchange: Exchange) -> None:
        """Note a request to which nothing is answered at all."""
        self._note(exchange, _entry(exchange, self._decision(exchange), 0, 0))

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
            route=PREFLIGHT if route.kind.other_sites and is_preflight(environ) else route.kind,
            environment=route.environment,
            origin=origin_of(environ, settings.external_url, settings.trusted_proxies),
            remote=remote_of(environ, settings.trusted_proxies),
            request_id=request_id,
        )
        return exchange

    def _identify(self, exchange: Exchange, environ: Environ) -> None:
        if exchange.route.needs_token:
            authorization = environ.get("HTTP_AUTHORIZATION")
            if "token" in exchange.query:
                require_no_token(pairs_of(exchange.query), authorization)
            exchange.caller = self.world.authorization.identify(authorization)

    def _charge(self, exchange: Exchange) -> None:
        if exchange.route.cost:
            exchange.decision = self.world.limiter.hit(_quota_key(exchange), exchange.route.cost)
            if not exchange.decision.allowed:
                raise throttled(exchange.decision)

    def ending(self, exchange: Exchange, environ: Environ, start_response: StartResponse) -> StartResponse:
        """``start_response`` with our headers, that also puts the exchange into the journal."""
        began, from_site = stopwatch(), "HTTP_ORIGIN" in environ and exchange.route.other_sites

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nanoseconds = stopwatch() - began
            ours = [("X-Request-Id", exchange.request_id), ("Server-Timing", f"total;dur={nanoseconds / 1e6:.3f}")]
            if exchange.route.journaled:
                decision = self._decision(exchange)
                self._note(exchange, _entry(exchange, decision, int(status[:3]), nanoseconds))
                if exchange.route.cost:
                    ours += decision_headers(decision)
            if exchange.route.fields:
                said = {name for name, _ in headers}
                ours += [field for field in exchange.route.fields if field[0] not in said]
            if from_site:
                ours += CROSS_SITE
            return start_response(status, headers + ours, *((exc_info,) if exc_info else ()))

        return start

    def _decision(self, exchange: Exchange) -> Decision:
        return exchange.decision or self.world.limiter.look(_quota_key(exchange))

    def _note(self, exchange: Exchange, entry: Entry) -> None:
        """Put an exchange into the journal, unless it is not known yet what will become of it."""
        if exchange.may_change:
            exchange.entry = entry
        else:
            self.world.journal.append(entry)


def _allowed(start: StartResponse) -> list[bytes]:
    start("204 No Content", PREFLIGHT_ANSWER)
    return []


def _quota_key(exchange: Exchange) -> QuotaKey:
    """Whose quota: one for each client in each environment; without a client, the address."""
    if exchange.caller:
        return QuotaKey(exchange.environment, "client", exchange.caller.client_id)
    return QuotaKey(exchange.environment, "address", exchange.remote)


def refused(refusal: Refusal, exchange: Exchange, start: StartResponse) -> list[bytes]:
    """A refusal as an answer."""
    exchange.end(refusal)
    answer = render(refusal, pretty=exchange.pretty)
    start(_STATUS_LINES.get(answer.status) or f"{answer.status} Unknown", answer.headers)
    return [answer.body] if exchange.method != "HEAD" else []


def _entry(exchange: Exchange, decision: Decision, status: int, nanoseconds: int) -> Entry:
    caller = exchange.caller
    # By position: with names this would cost as much again, for every request.
    return Entry(
        decision.seq,
        decision.instant,
        exchange.method,
        exchange.path,
        without_secrets(exchange.query, exchange.route.name),
        status,
        exchange.route.name,
        exchange.environment,
        caller.client_id if caller else exchange.client_id,
        caller.patient if caller else None,
        exchange.remote,
        _verdict(exchange, decision),
        exchange.reason,
        exchange.requirement,
        (),
        decision.wait,
        exchange.request_id,
        nanoseconds,
        exchange.entries,
    )


def _verdict(exchange: Exchange, decision: Decision) -> str:
    if exchange.unauthenticated or (exchange.route.needs_token and exchange.caller is None):
        return "unauthenticated"
    if not exchange.route.cost:
        return "unlimited"
    return "admitted" if decision.allowed else "refused"
