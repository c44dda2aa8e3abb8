"""Decides on one request of one caller: all limits of a policy together, all or nothing.

An engine is a policy made ready to decide on states (:mod:`~mock_athena.ratelimit.mechanism`). It keeps nothing: the
same state, instant and cost give the same verdict, wherever the state is held.
"""

from collections.abc import Callable
from typing import NamedTuple

from mock_athena.environments import SANDBOX
from mock_athena.ratelimit.decision import QuotaKey, Standing
from mock_athena.ratelimit.mechanism import Mechanism, Words
from mock_athena.ratelimit.policies import Policy


class Refused(NamedTuple):
    """Why a request does not go on; see :class:`~mock_athena.ratelimit.decision.Decision`.

    Attributes:
        until: up to this instant, a refused caller who asks the same again is told the same.
        admissible: the instant from which it is admitted. queued: likewise, after those who were told to come before.
    """

    standings: tuple[Standing, ...]
    by: int
    admissible: int
    queued: int
    until: int


Admit = Callable[[Words, int, int], tuple[Standing, ...] | None]


class Engine:
    """One policy.

    Attributes:
        words: length of a caller's state.
        admit: charges all limits and says how they stand; or charges none and answers None.
    """

    __slots__ = ("_minds", "_repeats", "admit", "mechanisms", "policy", "words")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.mechanisms: tuple[Mechanism, ...] = ()
        self.words = 0
        for limit in policy.limits:
            self.mechanisms += (limit.mechanism(self.words),)
            self.words += limit.words
        self.admit = _admitting(self.mechanisms)
        # What was told stays true until the first limit frees something, unless a refusal changes the state or a limit
        # tells something else than when it frees.
        self._repeats = all(limit.repeats for limit in policy.limits)
        self._minds = tuple(mechanism.refused for mechanism in self.mechanisms if mechanism.refused)

    def refuse(self, words: Words, now: int, cost: int, ahead: int = 0) -> Refused:
        """What a request is told that :meth:`admit` did not admit; limits that mind refusals are told too.

        Args:
            ahead: units that others were already told to come back for.
        """
        for refused in self._minds:
            refused(words, now)
        waits = self.waits(words, now, cost)
        wait = max(waits)
        by = waits.index(wait)
        mechanism, quota = self.mechanisms[by], self.policy.limits[by].quota
        queued = max(wait, mechanism.wait(words, now, min(cost + ahead, quota))) if ahead else wait
        standings = self.standings(words, now)
        until = min(frees for _, frees in standings) if self._repeats else now
        return Refused(standings, by, now + wait, now + queued, until)

    def waits(self, words: Words, now: int, cost: int) -> list[int]:
        """For each limit, how long until ``cost`` units fit."""
        return [mechanism.wait(words, now, cost) for mechanism in self.mechanisms]

    def standings(self, words: Words, now: int) -> tuple[Standing, ...]:
        """How each limit stands."""
        return tuple([mechanism.standing(words, now) for mechanism in self.mechanisms])

    def release(self, words: Words, instant: int) -> None:
        """The request that was admitted at ``instant`` is over."""
        for mechanism in self.mechanisms:
            if mechanism.release:
                mechanism.release(words, instant)

    def shift(self, words: Words, by: int) -> None:
        """Count instants from ``by`` nanoseconds later on."""
        for mechanism in self.mechanisms:
            for word in mechanism.instants:
                words[word] = max(0, words[word] - by)


def _admitting(mechanisms: tuple[Mechanism, ...]) -> Admit:
    if len(mechanisms) == 2:
        return _admitting_two(*mechanisms)

    def admit(words: Words, now: int, cost: int) -> tuple[Standing, ...] | None:
        standings: list[Standing] = []
        for mechanism in mechanisms:
            standing = mechanism.take(words, now, cost)
            if standing is None:
                for taken, _ in zip(mechanisms, standings, strict=False):
                    taken.give(words, cost)
                return None
            standings.append(standing)
        return tuple(standings)

    return admit


def _admitting_two(first: Mechanism, second: Mechanism) -> Admit:
    """As for any number, in a third of the time: nearly every policy has two limits."""
    take, give, take_second = first.take, first.give, second.take

    def admit(words: Words, now: int, cost: int) -> tuple[Standing, ...] | None:
        standing = take(words, now, cost)
        if standing is None:
            return None
        other = take_second(words, now, cost)
        if other is None:
            give(words, cost)
            return None
        return standing, other

    return admit


class Engines:
    """The engines of a policy: for requests, for the token endpoint, and for the sandbox where it has its own.

    Attributes:
        words: length of the longest state.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._of = {id(part): Engine(part) for part in policy.parts}
        self.words = max(engine.words for engine in self._of.values())

    def engine_for(self, key: QuotaKey) -> Engine:
        """The engine that decides for this caller."""
        policy = self.policy.sandbox if self.policy.sandbox and key.environment == SANDBOX.name else self.policy
        if key.bucket == "token-endpoint":
            policy = policy.at_token_endpoint
        engine = self._of.get(id(policy))
        if engine is None:  # the token endpoint of a policy that does not limit it
            engine = self._of.setdefault(id(policy), Engine(policy))
        return engine
