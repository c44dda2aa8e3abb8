"""Whatever comes, in whatever order: the limiter decides like brute force."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Decision
from mock_athena.ratelimit.counters import MemoryCounters
from mock_athena.ratelimit.engine import Engines
from tests.mock_athena.ratelimit.conftest import MIDNIGHT
from tests.mock_athena.ratelimit.keys import ONE, TWO
from tests.mock_athena.ratelimit.oracles import SECOND, PolicyOracle
from tests.mock_athena.ratelimit.test_every_holder import EVERY, dearest

KEYS = (ONE, TWO)


class Arrivals(RuleBasedStateMachine):
    """Requests of two callers, pauses, exact returns, releases and resets."""

    @initialize(policy=st.sampled_from(EVERY), start=st.sampled_from([MIDNIGHT, MIDNIGHT - 1, 0, 2**63 - SECOND]))
    def begin(self, policy, start) -> None:  # type: ignore[no-untyped-def]
        self.policy, self.clock = policy, ManualClock(start)
        self.counters = MemoryCounters(Engines(policy), self.clock)
        self.oracles = {key: PolicyOracle(policy) for key in KEYS}
        self.flying: list[Decision] = []
        self.seq = 0
        self.refused: Decision | None = None

    @rule(key=st.sampled_from(KEYS), cost=st.integers(1, 3), times=st.integers(1, 20))
    def arrive(self, key, cost, times) -> None:  # type: ignore[no-untyped-def]
        cost = min(cost, dearest(self.policy))
        for _ in range(times):
            decision = self.counters.hit(key, cost)
            self.seq += 1
            assert decision.allowed == self.oracles[key].arrive(self.clock.now(), cost)
            assert (decision.seq, decision.instant) == (self.seq, self.clock.now())
            if decision.allowed:
                self.flying.append(decision)
            else:
                self.refused = decision

    @rule(nanoseconds=st.one_of(st.integers(0, 3 * SECOND), st.sampled_from([1, SECOND, 86_400 * SECOND])))
    def pause(self, nanoseconds) -> None:  # type: ignore[no-untyped-def]
        self.clock.advance(nanoseconds)

    @precondition(lambda self: self.refused is not None and not self.policy.in_flight)
    @rule()
    def wait_as_told(self) -> None:
        refused = self.refused
        assert refused is not None
        left = refused.instant + refused.wait - self.clock.now()
        if left > 0 and self.counters.look(refused.key):
            self.seq += 1
            self.clock.advance(left - 1)
            self.arrive(refused.key, refused.cost, 1)
            if self.refused is refused:
                return  # others left room
            self.clock.advance(self.refused.wait if self.refused else 0)
            self.arrive(refused.key, refused.cost, 1)

    @precondition(lambda self: self.flying)
    @rule(index=st.integers(0, 1000))
    def finish(self, index) -> None:  # type: ignore[no-untyped-def]
        over = self.flying.pop(index % len(self.flying))
        self.counters.release(over)
        self.oracles[over.key].release(over.instant)

    @rule()
    def forget(self) -> None:
        self.counters.reset()
        self.oracles = {key: PolicyOracle(self.policy) for key in KEYS}
        self.flying, self.refused = [], None

    @invariant()
    def standings_are_the_truth(self) -> None:
        if not hasattr(self, "counters"):
            return
        for standing in self.counters.standings():
            oracle = self.oracles[standing.key]
            assert standing.allowed == oracle.fits(self.clock.now())


Arrivals.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestArrivals = Arrivals.TestCase
