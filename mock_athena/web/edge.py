"""The edge: the whole life of a request, in plain WSGI, before and after Flask.

Read :meth:`Edge.__call__`; it is the picture of ``docs/lifecycle.md``. A request that is refused here touches nothing
below. Headers, body and journal entry come from the same decision, so they cannot disagree.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from itertools import count
from typing import Any

from mock_athena.clock import stopwatch, unix_text
from mock_athena.errors import Refusal, Unavailable
from mock_athena.journal import Entry, without_secrets
from mock_athena.ratelimit import Decision
from mock_athena.ratelimit.headers import Fields, decision_headers
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.origin import origin_of, remote_of
from mock_athena.web.quota import Account, Accounts, sender_of
from mock_athena.web.refuse import FHIR_JSON, defect, render
from mock_athena.web.routes import route_of
from mock_athena.web.throttle import outcome_body, reason_text, throttled, wait_text
from mock_athena.web.world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_TOO_MANY = _STATUS_LINES[429]
_THROTTLED_HEADERS = (("Content-Type", FHIR_JSON), ("Cache-Control", "no-store"))

_new_entry: Any = tuple.__new__


class Edge:
    """The WSGI application of one world."""

    def __init__(self, world: World, flask: WsgiApp) -> None:
        self.world = world
        self._flask = flask
        self._accounts = Accounts(world.limiter.policy)
        self._in_flight = world.limiter.policy.in_flight
        # Told apart from those of other emulators by the first half, from each other by the second.
        self._request_ids, self._ids_of_ours = count(1), secrets.token_hex(4)
        settings = world.settings
        self._external_url, self._proxies = settings.external_url, settings.trusted_proxies

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        exchange = self._receive(environ)  # 0 route class, environment, origin
        start = self._ending(exchange, start_response)  # headers and journal entry, whatever the answer will be
        try:
            self._identify(exchange, environ)  # 1 who: the caller, or 401
            refused = self._charge(exchange, environ)  # 2 quota: the decision, or 429
            if refused:
                return self._throttle(exchange, refused, start)
            self._strike(exchange)  # 3 fault: nothing, or what was armed
            return self._flask(environ, start)  # the view
        except Refusal as refusal:
            return _refused(refusal, exchange, start)
        except Exception as error:  # whatever it was, the caller gets an answer and the log the detail
            return _refused(defect(error, exchange), exchange, start)

    def _receive(self, environ: Environ) -> Exchange:
        path = environ.get("PATH_INFO", "") or "/"
        route, environment, environ["PATH_INFO"] = route_of(path)
        request_id = environ.get("HTTP_X_REQUEST_ID")
        if not request_id or not _REQUEST_ID.fullmatch(request_id):
            request_id = f"{self._ids_of_ours}{next(self._request_ids):08x}"
        if not path.isascii():  # WSGI hands bytes over as Latin-1 (PEP 3333); they are meant as UTF-8
            path = path.encode("latin-1", "replace").decode(errors="replace")
        exchange = environ[ENVIRON_KEY] = Exchange(
            environ["REQUEST_METHOD"],
            path,
            environ.get("QUERY_STRING", ""),
            route,
            environment,
            origin_of(environ, self._external_url, self._proxies),
            remote_of(environ, self._proxies),
            request_id,
        )
        exchange.cost = self._accounts.cost(exchange)
        return exchange

    def _identify(self, exchange: Exchange, environ: Environ) -> None:
        if exchange.route.needs_token:
            exchange.caller = self.world.authorization.identify(environ.get("HTTP_AUTHORIZATION"))

    def _charge(self, exchange: Exchange, environ: Environ) -> Account | None:
        """Decide on the request; answers whose quota refused it."""
        if exchange.cost:
            account = self._accounts.of(exchange)
        else:
            found = self._accounts.at_token_endpoint(exchange, environ) if exchange.route.speaks == "oauth" else None
            if found is None:
                return None
            account, exchange.cost = found, 1
        decision = exchange.decision = self.world.limiter.hit(account.key, exchange.cost)
        if decision.allowed:
            account.spent(sender_of(exchange), exchange.remote)
            return None
        if decision.lost:
            raise _lost()
        return account

    def _throttle(self, exchange: Exchange, account: Account, start: StartResponse) -> list[bytes]:
        """The 429; what :func:`throttled` says, without the detour over an exception where FHIR is spoken."""
        decision = exchange.decision
        assert decision is not None  # noqa: S101 - it refused
        spenders = account.spenders(sender_of(exchange))
        if exchange.route.speaks != "fhir":
            return _refused(throttled(decision, account.label, spenders, exchange.route.speaks), exchange, start)
        wait = wait_text(decision)
        exchange.reason = reason_text(decision, account.label, wait)
        body = outcome_body(decision, wait, spenders)
        start(_TOO_MANY, [("Content-Length", str(len(body))), *_THROTTLED_HEADERS])
        return [body] if exchange.method != "HEAD" else []

    def _strike(self, exchange: Exchange) -> None:
        fault = self.world.faults.strike(exchange.route.name) if exchange.cost else None
        if fault:
            raise fault

    def _ending(self, exchange: Exchange, start_response: StartResponse) -> StartResponse:
        """``start_response`` with our headers, that also puts the exchange into the journal."""
        began = stopwatch()

        def start(status: str, headers: Fields, exc_info: Any = None) -> Any:
            nanoseconds = stopwatch() - began
            headers = [
                *headers,
                ("X-Request-Id", exchange.request_id),
                ("Server-Timing", f"total;dur={nanoseconds / 1e6:.3f}"),
            ]
            if exchange.route.journaled:
                decision = exchange.decision or self.world.limiter.look(self._accounts.of(exchange).key)
                told = decision_headers(decision) if exchange.cost else []
                headers += told
                self.world.journal.append(_entry(exchange, decision, int(status[:3]), nanoseconds, told))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return start


def _lost() -> Refusal:
    message = (
        "the counters of the rate limit cannot be reached, and this emulator was started to refuse requests then "
        "(--fail closed). Start the counter store again; counting goes on by itself"
    )
    return Unavailable(message, headers=[("Retry-After", "1")])


def _refused(refusal: Refusal, exchange: Exchange, start: StartResponse) -> list[bytes]:
    exchange.end(refusal)
    answer = render(refusal)
    start(_STATUS_LINES[answer.status], answer.headers)
    return [answer.body] if exchange.method != "HEAD" else []


def _entry(exchange: Exchange, decision: Decision, status: int, nanoseconds: int, told: Fields) -> Entry:
    caller = exchange.caller
    return Entry(
        seq=decision.seq,
        instant=unix_text(decision.instant),
        method=exchange.method,
        path=exchange.path,
        query=without_secrets(exchange.query, exchange.route.name),
        status=status,
        route=exchange.route.name,
        environment=exchange.environment,
        client_id=caller.client_id if caller else exchange.client_id,
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
    if not exchange.cost:
        return "unlimited"
    return "admitted" if decision.allowed else "refused"
