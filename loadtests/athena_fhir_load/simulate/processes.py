"""The processes of a simulation: what they want, when they send, what they do with an answer.

:class:`Process` asks for a turn and sends; how it paces itself is its subclasses': :class:`Client` is the reference
client, whose state and functions are :mod:`athena_fhir_client.pace`; :class:`Plain` has no pace.
"""

from collections import deque
from collections.abc import Iterator
from math import inf
from random import Random
from typing import TYPE_CHECKING

from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.pace.state import Mark, Pace
from athena_fhir_client.pace.strategies import NEXT, Strategy, adapted
from athena_fhir_client.pace.window import Reply, give_back, left_today, take
from athena_fhir_load.simulate.outcome import Tally
from athena_fhir_load.simulate.scene import DAY, Behaviour, Crowd, Want
from mock_athena.ratelimit import Decision, QuotaKey

if TYPE_CHECKING:
    from athena_fhir_load.simulate.world import World

GREEDY_WAIT = 1.0
"""Seconds after which a greedy process comes back."""

_BACKOFF = Backoff()


class Request:
    """One request that somebody wants.

    Attributes:
        process: whose it is. wanted: since when. attempt: how often it was sent. mark: of the client's pace.
    """

    __slots__ = ("attempt", "decision", "mark", "process", "wanted")

    def __init__(self, process: "Process", wanted: float) -> None:
        self.process = process
        self.wanted = wanted
        self.attempt = 0
        self.mark: Mark | None = None
        self.decision: Decision | None = None


class Process:
    """One process of one caller.

    Attributes:
        key: whose quota it spends. number: of that quota, in the log.
    """

    __slots__ = (
        "chance", "crowd", "idle", "key", "number", "paused", "pauses", "place", "planned", "tally", "waiting", "wants",
        "world",
    )  # fmt: skip

    def __init__(self, world: "World", tally: Tally, key: QuotaKey, number: int, seed: str) -> None:
        crowd = tally.crowd
        self.world, self.tally, self.key, self.number, self.crowd = world, tally, key, number, crowd
        self.chance = Random(seed)  # noqa: S311 - the same in every run
        self.idle = 1 if crowd.pauses else crowd.workers * (crowd.processes if crowd.shares_pace else 1)
        self.waiting: deque[Request] = deque()
        self.planned = inf
        self.paused = -inf
        self.pauses = iter(crowd.pauses)
        self.place = len(tally.shares)
        tally.shares.append(0)
        self.wants: Iterator[Want] = crowd.demand.wants(self.chance, world.scene.seconds)
        self.look_ahead()

    def look_ahead(self) -> None:
        """The next thing that the application wants will be wanted then."""
        for at, requests in self.wants:
            self.world.wanted_at(at, self.want, requests)
            return

    def want(self, now: float, requests: int) -> None:
        """The application wants so many requests."""
        together = requests * (self.crowd.processes if self.crowd.shares_pace else 1)
        self.tally.wanted += together
        self.waiting.extend([Request(self, now) for _ in range(together)])
        self.look_ahead()
        self.awake(now)

    def awake(self, now: float, _: object = None) -> None:
        """Send what may be sent now; else come back when it may."""
        if now >= self.planned:
            self.planned = inf
        while self.idle and self.waiting:
            at = self.turn(now)
            if at is None:
                return  # an answer will tell
            if at > now:
                self.plan(at)
                return
            self.send(now, self.waiting.popleft())

    def plan(self, at: float) -> None:
        """Ask again then, once."""
        if at < self.planned:
            self.planned = at
            self.world.at(at, self.awake, None)

    def send(self, now: float, request: Request) -> None:
        """On its way."""
        request.attempt += 1
        self.idle -= 1
        self.tally.sent += 1
        self.world.sent(now, request)

    def answered(self, now: float, request: Request) -> None:
        """Its answer came."""
        decision = request.decision
        assert decision is not None
        self.idle += 1
        if decision.allowed:
            self.tally.ended = now
            if self.crowd.pauses:
                self.pause(now)
        self.learn(now, request, decision)
        if self.waiting:
            self.awake(now)

    def pause(self, now: float) -> None:
        """The next step comes a while after this one."""
        pauses = self.crowd.pauses
        self.paused = now + next(self.pauses, pauses[-1])

    def turn(self, now: float) -> float | None:
        """When the next request may be sent; None if only an answer will tell."""
        raise NotImplementedError

    def learn(self, now: float, request: Request, decision: Decision) -> None:
        """From an answer; what was refused comes back."""
        raise NotImplementedError


class Client(Process):
    """The reference client, by any of its strategies."""

    __slots__ = ("next", "pace", "strategy")

    def __init__(self, world: "World", tally: Tally, key: QuotaKey, number: int, seed: str) -> None:
        self.strategy = Strategy(tally.crowd.behaviour)
        self.next = NEXT[self.strategy]
        self.pace = Pace()
        super().__init__(world, tally, key, number, seed)

    def turn(self, now: float) -> float | None:
        """See :meth:`Process.turn`; not before midnight where today's budget is spent."""
        if now < self.paused:
            return self.paused
        at = self.next(self.pace, now)
        if at is not None and at <= now and left_today(self.pace, int(now // DAY)) <= 0:
            return (now // DAY + 1) * DAY
        return at

    def send(self, now: float, request: Request) -> None:
        """See :meth:`Process.send`."""
        self.pace, request.mark = take(self.pace, now, int(now // DAY))
        Process.send(self, now, request)

    def learn(self, now: float, request: Request, decision: Decision) -> None:
        """See :meth:`Process.learn`."""
        assert request.mark is not None
        status = 200 if decision.allowed else 429
        told = self.world.tell(decision)
        self.pace = give_back(self.pace, request.mark, Reply(now, status, told, True))
        if self.strategy is Strategy.ADAPTIVE:
            self.pace = adapted(self.pace, status)
        if not decision.allowed:
            wait = _BACKOFF.wait(request.attempt, told.retry_after, self.chance.random())
            self.pace = self.pace._replace(blocked=max(self.pace.blocked, now + wait))
            self.waiting.appendleft(request)


class Plain(Process):
    """Sends at once. Refused, it comes back with that request: when it was told to, or a second later."""

    __slots__ = ("waits",)

    def __init__(self, world: "World", tally: Tally, key: QuotaKey, number: int, seed: str) -> None:
        self.waits = tally.crowd.behaviour is Behaviour.OBEDIENT
        super().__init__(world, tally, key, number, seed)

    def turn(self, now: float) -> float | None:
        """See :meth:`Process.turn`."""
        return max(now, self.paused)

    def learn(self, now: float, request: Request, decision: Decision) -> None:
        """See :meth:`Process.learn`."""
        if not decision.allowed:
            self.idle -= 1  # the worker waits with its request
            wait = float(decision.retry_after) if self.waits else GREEDY_WAIT
            self.world.at(now + wait, self.again, request)

    def again(self, now: float, request: Request) -> None:
        """A refused request is sent once more."""
        self.idle += 1
        self.send(now, request)


def process_of(crowd: Crowd) -> type[Client] | type[Plain]:
    """What simulates a process of this crowd."""
    return Plain if crowd.behaviour in (Behaviour.GREEDY, Behaviour.OBEDIENT) else Client
