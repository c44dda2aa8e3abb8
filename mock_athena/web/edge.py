"""The edge: the whole life of a request, in plain WSGI, before and after Flask.

Read :meth:`Edge.__call__`; it is the picture of ``docs/lifecycle.md``. A request that is refused here touches nothing
below. Headers, body and journal entry come from the same decision, so they cannot disagree.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any

from mock_athena.auth.bearer import require_no_token
from mock_athena.clock import stopwatch
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import ConnectionFault, Refusal, Throttled, Unavailable
from mock_athena.journal import Entry, without_secrets
from mock_athena.ratelimit import Decision
from mock_athena.ratelimit.headers import Fields, decided_at, limit_headers
from mock_athena.web.cors import CROSS_SITE, PREFLIGHT_ANSWER, is_preflight, may_ask
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.origin import origin_of, remote_of
from mock_athena.web.parameters import pairs_of
from mock_athena.web.quota import Account, Accounts, sender_of
from mock_athena.web.refuse import answer_to, defect
from mock_athena.web.routes import BULK, DOCUMENTS, FHIR, PREFLIGHT, PUBLIC, UNKNOWN, route_of
from mock_athena.web.throttle import throttled, wait_text
from mock_athena.web.world import World

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

FAULT_HEADER = "HTTP_X_MOCK_FAULT"

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_TOO_MANY = _STATUS_LINES[429]
# What an answer of a route says of itself, but for the caches: those are told apart.
_THROTTLED_FIELDS = {
    route.name: [field for field in route.fields if field[0] != "Cache-Control"]
    for route in (FHIR, BULK, DOCUMENTS, PUBLIC, UNKNOWN)
}

_new_entry: Any = tuple.__new__  # a third of the time of Entry(…), which is a Python function


class Edge:
    """The WSGI application of one world."""

    def __init__(self, world: World, flask: WsgiApp) -> None:
        self.world = world
        self.flask = flask
        self._profile, self._dressed = world.profile, _dresser(world)
        self._accounts = Accounts(world.limiter.policy, world.settings.batch_cost)
        self._in_flight = world.limiter.policy.in_flight
        self._hit, self._journal, self._faults = world.limiter.hit, world.journal, world.faults
        self._identify_sender = world.authorization.identify
        # Told apart from those of other emulators by the first half, from each other by the second.
        self._request_ids, self._ids_of_ours = count(10_000_000), secrets.token_hex(4)
        settings = world.settings
        self._external_url, self._proxies = settings.external_url, settings.trusted_proxies
        self._cors = settings.cors or world.profile.cors
        self.keeps_fields, self._bodies = settings.journal_fields, world.bodies

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        exchange = self._receive(environ)  # 0 route class, environment
        if self._bodies.until:  # somebody looks at the traffic
            from mock_athena.web.listening import listen

            return listen(self._bodies, self._live, exchange, environ, start_response)
        return self._live(exchange, environ, start_response)

    def _live(self, exchange: Exchange, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """What is the same whether somebody looks or not."""
        if not self._faults.quiet or FAULT_HEADER in environ:
            from mock_athena.web.faulty import answer_with_faults  # the same, with something going wrong

            self._prepare(exchange, environ)
            return answer_with_faults(self, exchange, environ, start_response)
        return self.answer(exchange, environ, start_response, self.flask)

    def answer(
        self, exchange: Exchange, environ: Environ, start_response: StartResponse, view: WsgiApp
    ) -> Iterable[bytes]:
        """Answer a request that was received."""
        try:
            if exchange.route is PREFLIGHT:
                return _allowed(self.ending(exchange, environ, start_response))
            self._identify(exchange, environ)  # 1 who: the caller, or 401
            account = self._charge(exchange, environ)  # 2 quota: the decision, or 429
            if account:
                return self._throttle(exchange, account, environ, start_response)
            self._prepare(exchange, environ)
            answer = view(environ, self.ending(exchange, environ, start_response))  # 3 the view, and our headers
            return _Watched(answer, partial(self._over, exchange)) if self._in_flight else answer
        except ConnectionFault:
            self._over(exchange)
            raise
        except Refusal as refusal:
            self._over(exchange)
            return refused(refusal, exchange, self.ending(exchange, environ, start_response))
        except Exception as error:  # whatever it was, the caller gets an answer and the log the detail
            self._over(exchange)
            return refused(defect(error, exchange), exchange, self.ending(exchange, environ, start_response))

    def unanswered(self, exchange: Exchange) -> None:
        """Note a request to which nothing is answered at all."""
        self._note(exchange, _entry(exchange, self._decision(exchange), 0, 0, []))

    def _receive(self, environ: Environ) -> Exchange:
        began = stopwatch()
        path = environ.get("PATH_INFO", "") or "/"
        method = environ["REQUEST_METHOD"]
        route, environment, environ["PATH_INFO"] = route_of(path)
        other_sites = route.other_sites and (self._cors == "everywhere" or may_ask(path, self._cors))
        if method == "OPTIONS" and other_sites and is_preflight(environ):
            route = PREFLIGHT
        request_id = environ.get("HTTP_X_REQUEST_ID")
        if not request_id or not _REQUEST_ID.fullmatch(request_id):
            request_id = self._ids_of_ours + str(next(self._request_ids))
        if not path.isascii():  # WSGI hands bytes over as Latin-1 (PEP 3333); they are meant as UTF-8
            path = path.encode("latin-1", "replace").decode(errors="replace")
        remote = remote_of(environ, self._proxies)
        # The origin is for views; whoever is refused before does without.
        exchange = Exchange(method, path, environ.get("QUERY_STRING", ""), route, environment, "", remote, request_id)
        exchange.began, exchange.profile, exchange.other_sites = began, self._profile, other_sites
        exchange.cost = self._accounts.cost(exchange)
        return exchange

    def _identify(self, exchange: Exchange, environ: Environ) -> None:
        if exchange.route.needs_token:
            authorization = environ.get("HTTP_AUTHORIZATION")
            if "token" in exchange.query:
                require_no_token(pairs_of(exchange.query), authorization)
            caller = exchange.caller = self._identify_sender(authorization)
            if caller.home is not None:
                exchange.caller = caller.at(ENVIRONMENTS[exchange.environment].practice_id)

    def _charge(self, exchange: Exchange, environ: Environ) -> Account | None:
        """Decide on the request; answers whose quota refused it."""
        if exchange.cost:
            account = self._accounts.of(exchange)
            if self._accounts.by_entry and exchange.method == "POST":
                exchange.cost += self._accounts.beyond_the_first(exchange, environ)
        else:
            found = self._accounts.at_token_endpoint(exchange, environ) if exchange.route.speaks == "oauth" else None
            if found is None:
                return None
            account, exchange.cost = found, 1
        exchange.quota = account.label
        decision = exchange.decision = self._hit(account.key, exchange.cost)
        if decision.allowed:
            account.spent(sender_of(exchange), exchange.remote)
            return None
        if decision.lost:
            raise _lost()
        return account

    def _throttle(
        self, exchange: Exchange, account: Account, environ: Environ, start_response: StartResponse
    ) -> list[bytes]:
        """The 429, without a detour over exceptions and json where FHIR is spoken."""
        decision, sender = exchange.decision, sender_of(exchange)
        assert decision is not None  # noqa: S101 - it refused
        if exchange.route.speaks != "fhir" or exchange.pretty:
            refusal = throttled(decision, account.label, account.spenders(sender), exchange.route.speaks)
            return refused(refusal, exchange, self.ending(exchange, environ, start_response))
        told, wait = account.refusal(decision, sender), wait_text(decision)
        body = told.body(wait)
        exchange.reason, exchange.requirement = told.because(wait), Throttled.requirement
        if self.keeps_fields:
            keep_fields(exchange, environ, told.headers)
        length = "Content-Length", str(len(body))
        headers = [*self._ended(exchange, decision, 429, told.told), *told.headers, length]
        headers += _THROTTLED_FIELDS[exchange.route.name]
        if "HTTP_ORIGIN" in environ and exchange.other_sites:
            headers += CROSS_SITE
        start_response(_TOO_MANY, self._dressed(exchange, headers) if self._dressed else headers)
        return [body] if exchange.method != "HEAD" else []

    def _prepare(self, exchange: Exchange, environ: Environ) -> None:
        """What views ask for, and who is refused before does without."""
        environ[ENVIRON_KEY] = exchange
        exchange.origin = origin_of(environ, self._external_url, self._proxies)

    def _over(self, exchange: Exchange) -> None:
        if exchange.over is None and self._flies(exchange):
            assert exchange.decision is not None  # noqa: S101 - it flies
            exchange.over = self.world.limiter.release(exchange.decision)
            if exchange.entry and not exchange.may_change:
                self.remember(exchange, exchange.entry)

    def _flies(self, exchange: Exchange) -> bool:
        """Whether somebody counts until it is over."""
        return self._in_flight and exchange.decision is not None and exchange.decision.allowed and exchange.cost > 0

    def remember(self, exchange: Exchange, entry: Entry) -> None:
        """Put an exchange into the journal; if it is in flight and that is limited, once it is over."""
        if not self._flies(exchange):
            self._journal.append(entry)
        elif exchange.over is None:
            exchange.entry, exchange.may_change = entry, False
        else:
            self._journal.append(entry._replace(over=exchange.over))

    def ending(self, exchange: Exchange, environ: Environ, start_response: StartResponse) -> StartResponse:
        """``start_response`` with our headers, that also puts the exchange into the journal."""

        def start(status: str, headers: Fields, exc_info: Any = None) -> Any:
            decision = self._decision(exchange) if exchange.route.journaled else None
            told = limit_headers(decision) if decision and exchange.cost else []
            if self.keeps_fields:
                keep_fields(exchange, environ, headers + told)
            ours = self._ended(exchange, decision, int(status[:3]), told)
            ours += told
            ours += _fields(exchange, environ, headers)
            fields = self._dressed(exchange, headers + ours) if self._dressed else headers + ours
            return start_response(status, fields, *((exc_info,) if exc_info else ()))

        return start

    def _ended(self, exchange: Exchange, decision: Decision | None, status: int, told: Fields) -> Fields:
        """The exchange goes into the journal; answers the headers that are its alone."""
        nanoseconds = stopwatch() - exchange.began
        headers = [("X-Request-Id", exchange.request_id), ("Server-Timing", f"total;dur={nanoseconds / 1e6:.3f}")]
        if decision:
            if exchange.cost:
                headers.append(decided_at(decision))
            self._note(exchange, _entry(exchange, decision, status, nanoseconds, told))
        return headers

    def _decision(self, exchange: Exchange) -> Decision:
        return exchange.decision or self.world.limiter.look(self._accounts.of(exchange).key)

    def _note(self, exchange: Exchange, entry: Entry) -> None:
        """Put an exchange into the journal, unless it is not known yet what will become of it."""
        if exchange.may_change:
            exchange.entry = entry
        elif self._in_flight:
            self.remember(exchange, entry)
        else:
            self._journal.append(entry)


def _dresser(world: World) -> Callable[[Exchange, Fields], Fields] | None:
    """What makes header fields those of the real gateway, where the profile wants it."""
    if not world.profile.gateway_headers:
        return None
    from mock_athena.web.gateway_headers import dresser  # most runs never need it

    return dresser(world)


def keep_fields(exchange: Exchange, environ: Environ, headers: Iterable[tuple[str, str]]) -> None:
    """What request and answer tell of a client's manners, for the journal."""
    from mock_athena.web.manners import answered, asked  # most runs never need it

    exchange.manners = asked(environ), answered(headers, exchange.cursor)


class _Watched:
    """An answer that says when it was sent, or given up: every WSGI server closes it then (PEP 3333)."""

    def __init__(self, answer: Iterable[bytes], over: Callable[[], None]) -> None:
        self._answer, self._over = answer, over

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Close what was wrapped."""
        self._over()
        close = getattr(self._answer, "close", None)
        if close:
            close()


def _allowed(start: StartResponse) -> list[bytes]:
    start("204 No Content", PREFLIGHT_ANSWER)
    return []


def refused(refusal: Refusal, exchange: Exchange, start: StartResponse) -> list[bytes]:
    """A refusal as an answer."""
    answer = answer_to(exchange, refusal)
    start(_STATUS_LINES.get(answer.status) or f"{answer.status} Unknown", answer.headers)
    return [answer.body] if exchange.method != "HEAD" else []


def _fields(exchange: Exchange, environ: Environ, headers: Fields) -> Fields:
    """What every answer of this route says, unless ``headers`` do; and what a script of another site needs."""
    route = exchange.route
    said = {name for name, _ in headers} if route.fields else ()
    fields = [field for field in route.fields if field[0] not in said]
    if "HTTP_ORIGIN" in environ and exchange.other_sites:
        fields += CROSS_SITE
    return fields


def _lost() -> Refusal:
    message = (
        "the counters of the rate limit cannot be reached, and this emulator was started to refuse requests then "
        "(--fail closed). Start the counter store again; counting goes on by itself"
    )
    return Unavailable(message, headers=[("Retry-After", "1")])


def _entry(exchange: Exchange, decision: Decision, status: int, nanoseconds: int, told: Fields) -> Entry:
    caller, route, exchange.seq = exchange.caller, exchange.route, decision.seq
    values = (
        decision.seq,
        decision.instant,
        exchange.method,
        exchange.path,
        without_secrets(exchange.query, route.name),
        status,
        route.name,
        exchange.environment,
        caller.client_id if caller else exchange.client_id,
        caller.patient if caller else None,
        exchange.remote,
        _verdict(exchange, decision),
        exchange.reason,
        exchange.requirement,
        (),
        decision.queued,
        exchange.request_id,
        nanoseconds,
        exchange.entries,
        exchange.quota,
        exchange.cost,
        told,
        0,
        *exchange.manners,
    )
    return _new_entry(Entry, values)  # type: ignore[no-any-return]


def _verdict(exchange: Exchange, decision: Decision) -> str:
    if exchange.unauthenticated or (exchange.caller is None and exchange.route.needs_token):
        return "unauthenticated"
    if not exchange.cost:
        return "unlimited"
    return "admitted" if decision.allowed else "refused"
