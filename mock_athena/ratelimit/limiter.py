"""The limiter: a policy, somebody who holds what callers have spent, and what refused callers are told.

All limits are asked, then all are charged or none: a refused request consumes nothing, unless the policy says so. The
instant and the number of a decision are drawn under the same lock, so decisions are totally ordered and their instants
never go back.
"""

from collections.abc import Callable

from mock_athena.clock import Clock
from mock_athena.ratelimit.counters import Counters, MemoryCounters, Spent
from mock_athena.ratelimit.decision import Decision, QuotaKey
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.fairness import Promises
from mock_athena.ratelimit.policies import Policy


class Limiter:
    """Decides for every caller of one policy.

    Attributes:
        hit: decides on a request of the caller ``key`` that spends ``cost`` units, 1 to the policy's smallest quota.
        look: numbers and dates a request that spends nothing, and says how its caller stands.
        release: a request that was admitted by this decision is over.
        reachable: whether the counters can be asked at the moment.
        standings: for every caller who spent something, in order, how it stands: a decision on its next request.
    """

    def __init__(self, policy: Policy, clock: Clock, counters: Counters | None = None, *, fair: bool = False) -> None:
        self.policy = policy
        self._counters = counters or MemoryCounters(Engines(policy), clock)
        self._promises = Promises()
        self._clock = clock
        # Handed through as they are: a call in between would be a tenth of a decision.
        self.hit: Callable[..., Decision] = self._fair_hit if fair else self._counters.hit
        self.look = self._counters.look
        self.release = self._counters.release
        self.standings = self._counters.standings
        self.reachable = self._counters.reachable

    def _fair_hit(self, key: QuotaKey, cost: int = 1) -> Decision:
        ahead = self._promises.ahead(key, self._clock.now())
        return self._promises.answer(self._counters.hit(key, cost, ahead))

    def spent(self) -> list[Spent] | None:
        """What every caller has spent; None where whoever counts cannot tell."""
        return self._counters.spent()

    def replace(self, spent: list[Spent]) -> None:
        """Let this be what callers have spent, and nothing else."""
        self._counters.replace(spent)
        self._promises.reset()

    def reset(self) -> None:
        """Forget every caller; numbering goes on."""
        self._counters.reset()
        self._promises.reset()

    def close(self) -> None:
        """Let go of files and connections."""
        self._counters.close()
