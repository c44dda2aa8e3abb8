"""Discrete events: what happens next, on virtual time, until nothing does or the scene is over.

Events at the same instant happen in the order in which they were planned, and whatever is drawn is drawn from streams
that belong to a process or to the network, so a scene and a seed give the same decisions to the byte.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, BinaryIO

from athena_fhir_load.simulate.log import RECORD, DecisionLog
from athena_fhir_load.simulate.outcome import HOUR, Outcome, Tally, figures_of
from athena_fhir_load.simulate.processes import Request, process_of
from athena_fhir_load.simulate.scene import Crowd, Scene
from athena_fhir_load.simulate.told import telling
from mock_athena.clock import NANOSECONDS
from mock_athena.garbage import without_collection
from mock_athena.ratelimit import Limiter, QuotaKey, policy_named

EPOCH = 1_767_571_200
"""When scenes begin: Monday, 2026-01-05, midnight UTC."""

_pack = RECORD.pack

Event = Callable[[float, Any], None]
Planned = tuple[float, int, Event, Any]
"""When, which of those planned for that instant, what happens, and about what."""


def simulated(scene: Scene, log: BinaryIO | None = None) -> Outcome:
    """Run a scene.

    Args:
        log: where the decision log is written, see :mod:`.log`.

    Raises:
        ValueError: a crowd spends the quotas of one that is not there.
        ConfigurationError: there is no such policy.
    """
    return World(scene, log).run()


class VirtualClock:
    """Shows the instant that it was set to."""

    def __init__(self) -> None:
        self.instant = EPOCH * NANOSECONDS

    def now(self) -> int:
        """See :class:`mock_athena.clock.Clock`."""
        return self.instant

    def wall(self) -> int:
        """See :class:`mock_athena.clock.Clock`."""
        return self.instant

    def reset(self) -> None:
        """See :class:`mock_athena.clock.Clock`."""
        self.instant = EPOCH * NANOSECONDS


class World:
    """A scene while it happens.

    Attributes:
        tell: what a client is told of a decision.
    """

    def __init__(self, scene: Scene, log: BinaryIO | None = None) -> None:
        policy = policy_named(scene.policy)
        self.scene = scene
        self.clock = VirtualClock()
        self.tell = telling(policy)
        self._limiter = Limiter(policy, self.clock)
        self._hit = self._limiter.hit
        self._log = DecisionLog(log)
        self._add = self._log.add
        # Apart, since they are many: what thousands want next would be sifted through for each event of the moment.
        self._wants: list[Planned] = []
        self._events: list[Planned] = []
        self._order = count(1).__next__
        self._arrives, self._answers = self._arrive, self._answer  # bound once
        self._draw = Random(f"{scene.seed} network").random  # noqa: S311 - the same in every run
        network = scene.network
        self._least, self._jitter, self._back = network.least, network.jitter, network.least + network.service
        self._quotas: dict[QuotaKey, int] = {}
        self._tallies = [Tally(crowd) for crowd in scene.crowds]
        for tally in self._tallies:
            self._populate(tally)

    def _populate(self, tally: Tally) -> None:
        crowd = tally.crowd
        whose = self._quotas_of(crowd)
        make, apart = process_of(crowd), 1 if crowd.shares_pace else crowd.processes
        for caller in range(crowd.callers):
            key = QuotaKey("production", "client", f"{whose}-{caller}")
            number = self._quotas.setdefault(key, len(self._quotas))
            for process in range(apart):
                make(self, tally, key, number, f"{self.scene.seed} {crowd.name} {caller} {process}")

    def _quotas_of(self, crowd: Crowd) -> str:
        names = [other.name for other in self.scene.crowds]
        if crowd.client and crowd.client not in names:
            message = f"crowd {crowd.name!r} spends the quotas of {crowd.client!r}; expected one of {', '.join(names)}"
            raise ValueError(message)
        return crowd.client or crowd.name

    def at(self, when: float, event: Event, about: Any) -> None:
        """Let something happen."""
        heappush(self._events, (when, self._order(), event, about))

    def wanted_at(self, when: float, event: Event, about: Any) -> None:
        """Likewise, of what an application wants."""
        heappush(self._wants, (when, self._order(), event, about))

    def sent(self, now: float, request: Request) -> None:
        """A request is under way to the server."""
        # As at, written out: a call less with every request.
        when = now + self._least + self._jitter * self._draw()
        heappush(self._events, (when, self._order(), self._arrives, request))

    def _arrive(self, now: float, request: Request) -> None:
        process = request.process
        self.clock.instant = instant = int((EPOCH + now) * NANOSECONDS)
        request.decision = decision = self._hit(process.key)
        allowed, tally = decision.allowed, process.tally
        self._add(_pack(instant, process.number, allowed))
        hour = int(now // HOUR)
        if allowed:
            tally.waits.append(now - request.wanted)
            tally.shares[process.place] += 1
            tally.admitted_by_hour[hour] += 1
        else:
            tally.refused_by_hour[hour] += 1
        when = now + self._back + self._jitter * self._draw()
        heappush(self._events, (when, self._order(), self._answers, request))

    def _answer(self, now: float, request: Request) -> None:
        request.process.answered(now, request)

    @without_collection()
    def run(self) -> Outcome:
        """Until nothing happens any more, or the scene is over."""
        events, wants, until, number = self._events, self._wants, self.scene.seconds, 0
        now = 0.0
        while events or wants:
            now, _, event, about = heappop(wants if not events or (wants and wants[0] < events[0]) else events)
            if now > until:
                now = until
                break
            event(now, about)
            number += 1
            if not number & 0x3FFF:
                self._log.flush_some()
        return self._outcome(now)

    def _outcome(self, now: float) -> Outcome:
        digest = self._log.digest()
        crowds = tuple(figures_of(tally) for tally in self._tallies)
        scene = self.scene
        self._limiter.close()
        return Outcome(scene.name, scene.policy, scene.seed, now, self._log.decisions, digest, crowds)
