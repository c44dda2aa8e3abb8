"""A request while faults are armed: the same life as ever, with something going wrong at one step or another.

Loaded when the first fault is armed. Whatever strikes is named in the journal beside what was answered at last.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Literal

from mock_athena.auth.caller import Caller
from mock_athena.auth.form import Parameters, parameters, parse_form
from mock_athena.clock import NANOSECONDS, stopwatch
from mock_athena.errors import ConnectionFault, Headers, OAuthError, Refusal, Unauthorized
from mock_athena.faults import Disturbance
from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Phase
from mock_athena.faults.rules import ArmedRule, Facts, Strike
from mock_athena.faults.scenarios import from_header
from mock_athena.web.edge import Edge, Environ, StartResponse, keep_fields, refused
from mock_athena.web.exchange import Exchange, gone, held
from mock_athena.web.parameters import pairs_of
from mock_athena.web.quota import LARGEST_FORM, peeked
from mock_athena.web.refuse import refusal_of

HEADER = "HTTP_X_MOCK_FAULT"
PARTICIPANT = "HTTP_X_MOCK_PARTICIPANT"

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def answer_with_faults(
    edge: Edge, exchange: Exchange, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Answer a request that may meet with faults."""
    if not exchange.route.journaled:  # whoever looks on is no part of it
        return edge.answer(exchange, environ, start_response, edge.flask)
    return _Faulty(edge, exchange, environ, start_response).answer()


class _Faulty:
    """One request and what strikes it."""

    def __init__(self, edge: Edge, exchange: Exchange, environ: Environ, start_response: StartResponse) -> None:
        self._edge, self._world = edge, edge.world
        self._exchange, self._environ = exchange, environ
        self._start_response = start_response
        self._began = stopwatch()
        self._own: list[ArmedRule] = []
        self._struck: tuple[str, ...] = ()
        self._head: tuple[int, list[tuple[str, str]]] = (500, [])
        self._in_our_place = False
        exchange.may_change = True

    def answer(self) -> Iterable[bytes]:
        """The answer, whatever becomes of it."""
        try:
            return self._sent(self._altered(self._answered()))
        except ConnectionFault:
            self._exchange.reason = self._exchange.reason or "a fault broke the connection"
            self._noted(0)
            raise

    def _answered(self) -> Answer:
        try:
            self._own = self._asked_for()
            for strike in self._strikes("arrival"):
                self._in_our_place = True
                replaced = strike.rule.fault.strike(self._call(strike))
                if replaced is not None:
                    return self._with_our_headers(replaced)
                self._in_our_place = False
            return self._answer_of(self._edge.answer(self._exchange, self._environ, self._captured, self._view))
        except Refusal as refusal:
            return self._refused(refusal)

    def _view(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """The view, or what strikes in its place."""
        for strike in self._strikes("admitted"):
            replaced = strike.rule.fault.strike(self._call(strike))
            if replaced is not None:
                start(str(replaced.status), list(replaced.headers))
                if replaced.bare:
                    self._head = (replaced.status, list(replaced.headers))
                return replaced.body
        if self._exchange.path.endswith("/$export"):
            self._exchange.disturbance = self._disturbance()
        return self._edge.flask(environ, start)

    def _disturbance(self) -> Disturbance:
        each = [strike.rule.fault.disturb(self._call(strike)) for strike in self._strikes("export")]
        return Disturbance(
            delay=sum(one.delay for one in each),
            failure=next((one.failure for one in each if one.failure), ""),
            left_out=tuple(type for one in each for type in one.left_out),
            fails_after=min((one.fails_after for one in each if one.failure), default=1.0),
        )

    def _altered(self, answer: Answer) -> Answer:
        """The answer after everything that strikes on its way out."""
        try:
            for strike in self._strikes("answer", answer.status):
                answer = strike.rule.fault.alter(answer, self._call(strike))
        except Refusal as refusal:
            answer.close()
            return self._refused(refusal)
        except BaseException:
            answer.close()
            raise
        return answer

    def _refused(self, refusal: Refusal) -> Answer:
        return self._answer_of(refused(refusal, self._exchange, self._ending()))

    def _with_our_headers(self, answer: Answer) -> Answer:
        if answer.bare:
            return answer
        self._ending()(str(answer.status), list(answer.headers))
        return self._answer_of(answer.body)

    def _ending(self) -> StartResponse:
        return self._edge.ending(self._exchange, self._environ, self._captured)

    def _sent(self, answer: Answer) -> Iterable[bytes]:
        if self._edge.keeps_fields and self._exchange.route.journaled:
            keep_fields(self._exchange, self._environ, answer.headers)
        self._noted(answer.status)
        self._start_response(f"{answer.status} {_PHRASES.get(answer.status, 'Unknown')}", list(answer.headers))
        if self._exchange.method == "HEAD":
            answer.close()
            return []
        return answer.body

    def _answer_of(self, body: Iterable[bytes]) -> Answer:
        status, headers = self._head
        return Answer(status, tuple(headers), body)

    def _captured(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        self._head = (int(status[:3]), headers)

    def _noted(self, status: int) -> None:
        """Tell the journal what became of the request."""
        exchange = self._exchange
        if exchange.entry is None:
            self._edge.unanswered(exchange)
        assert exchange.entry is not None  # noqa: S101 - says so to the type checker
        verdict = "faulted" if self._in_our_place else exchange.entry.verdict
        self._edge.remember(
            exchange,
            exchange.entry._replace(
                status=status,
                verdict=verdict,
                reason=exchange.reason,
                faults=self._struck,
                asked=exchange.manners[0],
                answered=exchange.manners[1],
                nanoseconds=stopwatch() - self._began,
            ),
        )

    def _asked_for(self) -> list[ArmedRule]:
        """What this request asks for itself.

        Raises:
            Refusal: that is not allowed here, or cannot be.
        """
        text = self._environ.get(HEADER)
        if text is None:
            return []
        if not self._world.settings.allow_fault_header:
            message = "X-Mock-Fault is not listened to: start with --allow-fault-header, or leave it out"
            raise refusal_of(400, message, (), self._exchange)
        try:
            return [ArmedRule(0, rule, self._world.clock.now()) for rule in from_header(text)]
        except ValueError as error:
            raise refusal_of(400, str(error), (), self._exchange) from None

    def _strikes(self, phase: Phase, status: int = 0) -> Iterator[Strike]:
        """What strikes at a step, each told to the journal when it is its turn."""
        exchange, now = self._exchange, self._world.clock.now()
        facts = Facts(exchange.method, exchange.path, exchange.route.name, exchange.environment, self._client(), status)
        own = (rule.meets(facts, now) for rule in self._own if rule.rule.at == phase)
        for strike in (*self._world.faults.strikes(phase, facts, now), *own):
            if strike is not None:
                self._struck += (strike.rule.kind,)
                yield strike

    def _call(self, strike: Strike) -> Call:
        exchange = self._exchange
        return Call(
            method=exchange.method,
            path=exchange.path,
            query=exchange.query,
            route=exchange.route.name,
            environment=exchange.environment,
            origin=exchange.origin,
            fhir_base=self._world.environments[exchange.environment].fhir_base(exchange.origin),
            client=self._client(),
            now=self._world.clock.now(),
            number=strike.number,
            since=strike.since,
            random=strike.random,
            wait=self._wait,
            refusal=self._refusal,
            end_token=self._end_token,
        )

    def _wait(self, seconds: float) -> None:
        clock = self._world.clock
        name = clock.participant_here or self._environ.get(PARTICIPANT)
        instant = clock.now() + round(seconds * NANOSECONDS)
        with held(self._environ):
            clock.wait(instant, participant=name if name in clock.participants else None, abandoned=gone(self._environ))

    def _refusal(self, status: int, message: str, headers: Headers) -> Refusal:
        return refusal_of(status, message, headers, self._exchange)

    def _end_token(self, how: Literal["expired", "revoked"]) -> None:
        caller = self._caller()
        if caller is not None:
            self._world.authorization.end_token(caller.token_id, how)

    def _client(self) -> str | None:
        caller = self._caller()
        if caller is not None:
            return caller.client_id
        if self._exchange.client_id is None and self._exchange.route.speaks == "oauth":
            return self._world.authorization.claimed_client(self._parameters(), self._environ.get("HTTP_AUTHORIZATION"))
        return self._exchange.client_id

    def _parameters(self) -> Parameters:
        """The parameters of an OAuth request, whose view reads them once more."""
        if self._exchange.method == "POST":
            with suppress(OAuthError):  # the view says what is wrong with it
                return parse_form(self._environ.get("CONTENT_TYPE"), peeked(self._environ, LARGEST_FORM))
        return parameters(pairs_of(self._exchange.query))

    def _caller(self) -> Caller | None:
        """Who it is, also before that is asked in earnest."""
        if self._exchange.caller is None and self._exchange.route.needs_token:
            with suppress(Unauthorized):
                return self._world.authorization.identify(self._environ.get("HTTP_AUTHORIZATION"))
        return self._exchange.caller
