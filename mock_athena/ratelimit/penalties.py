"""Limits that are no windows: a penalty box for who is refused too often, and a number of requests in flight.

Both were met at a sibling of the API that is emulated: "User Rate Limit Exceeded, Try in another 844 seconds", with a
window of a quarter of an hour, and 30 calls at the same time
(https://github.com/athenahealth/apiserver-athenaFlex/issues/359, …/342).
"""

from dataclasses import dataclass

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.decision import Standing
from mock_athena.ratelimit.mechanism import Mechanism, Words

_TRY_AGAIN = NANOSECONDS
"""What a caller is told to wait for when nobody knows when a request in flight will be over."""


@dataclass(frozen=True, slots=True)
class Lockout:
    """Whoever is refused ``quota`` times within ``window`` seconds is locked out for ``penalty`` seconds.

    The state is until when the caller is locked out, how many refusals were counted, and until when they count.
    Refusals while locked out do not prolong it.
    """

    name: str
    quota: int
    window: int
    penalty: int
    counts = False
    repeats = False

    @property
    def words(self) -> int:
        """See :attr:`~mock_athena.ratelimit.limits.Limit.words`."""
        return 3

    def mechanism(self, at: int) -> Mechanism:  # noqa: C901 - several functions, none of them complex
        """See :meth:`~mock_athena.ratelimit.limits.Limit.mechanism`."""
        quota, span, penalty = self.quota, self.window * NANOSECONDS, self.penalty * NANOSECONDS
        until, ends, refusals = at, at + 1, at + 2

        def standing(words: Words, now: int) -> Standing:
            if now < words[until]:
                return 0, words[until]
            return (quota - words[refusals], words[ends]) if now < words[ends] else (quota, now)

        def take(words: Words, now: int, cost: int) -> Standing | None:  # noqa: ARG001 - a lock has no units
            return None if now < words[until] else standing(words, now)

        def give(words: Words, cost: int) -> None:
            """Nothing was taken."""

        def wait(words: Words, now: int, cost: int) -> int:  # noqa: ARG001 - a lock has no units
            return max(0, words[until] - now)

        def refused(words: Words, now: int) -> None:
            if now < words[until]:
                return
            if now >= words[ends]:
                words[ends], words[refusals] = now + span, 0
            words[refusals] += 1
            if words[refusals] >= quota:
                words[until], words[ends], words[refusals] = now + penalty, 0, 0

        return Mechanism(take, give, wait, standing, range(at, at + 2), refused)


@dataclass(frozen=True, slots=True)
class Concurrency:
    """At most ``quota`` requests in flight, whatever each costs.

    The state is how many they are, and when each was admitted. One that is never reported as over, because its process
    died, is forgotten after ``lease`` seconds.
    """

    name: str
    quota: int
    lease: int = 600
    window = 0
    counts = True
    repeats = False

    @property
    def words(self) -> int:
        """See :attr:`~mock_athena.ratelimit.limits.Limit.words`."""
        return self.quota + 1

    def mechanism(self, at: int) -> Mechanism:  # noqa: C901 - several functions, none of them complex
        """See :meth:`~mock_athena.ratelimit.limits.Limit.mechanism`."""
        quota, lease, first = self.quota, self.lease * NANOSECONDS, at + 1

        def forget(words: Words, place: int) -> None:
            words[at] -= 1
            for later in range(first + place, first + words[at]):
                words[later] = words[later + 1]

        def in_flight(words: Words, now: int) -> int:
            while words[at] and words[first] + lease <= now:
                forget(words, 0)
            return words[at]

        def take(words: Words, now: int, cost: int) -> Standing | None:  # noqa: ARG001 - one request is one in flight
            count = in_flight(words, now)
            if count >= quota:
                return None
            words[first + count] = now
            words[at] = count + 1
            return quota - count - 1, now + _TRY_AGAIN

        def give(words: Words, cost: int) -> None:  # noqa: ARG001 - one request is one in flight
            words[at] -= 1

        def wait(words: Words, now: int, cost: int) -> int:  # noqa: ARG001 - one request is one in flight
            return _TRY_AGAIN if in_flight(words, now) >= quota else 0

        def standing(words: Words, now: int) -> Standing:
            count = in_flight(words, now)
            return quota - count, now + _TRY_AGAIN if count else now

        def release(words: Words, instant: int) -> None:
            for place in range(words[at]):
                if words[first + place] == instant:
                    return forget(words, place)
            return None

        return Mechanism(take, give, wait, standing, range(first, first + quota), None, release)
