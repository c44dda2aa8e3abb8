"""Token buckets, also told as the generic cell rate algorithm (GCRA): a rate, and how much may be ahead of it.

Both admit the same requests. They differ in what they tell: a bucket when the next token falls in, GCRA, as redis-cell
implements it, when all of them are back (https://github.com/brandur/redis-cell).
"""

from dataclasses import dataclass

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.decision import Standing
from mock_athena.ratelimit.mechanism import Mechanism, Words


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """A bucket of ``quota`` tokens that is filled evenly, from empty to full in ``window`` seconds.

    The state is one word: the instant at which the bucket will be full. A token takes a whole number of nanoseconds,
    rounded up.

    Attributes:
        charge_denied: a refused request empties the bucket.
        until_full: tell when all tokens are back, rather than when the next one is.
    """

    name: str
    quota: int
    window: int
    charge_denied: bool = False
    until_full: bool = False
    counts = True

    @property
    def words(self) -> int:
        """See :attr:`~mock_athena.ratelimit.limits.Limit.words`."""
        return 1

    @property
    def repeats(self) -> bool:
        """See :attr:`~mock_athena.ratelimit.limits.Limit.repeats`."""
        return not (self.charge_denied or self.until_full)

    @property
    def interval(self) -> int:
        """Nanoseconds from token to token."""
        return -(-self.window * NANOSECONDS // self.quota)

    def mechanism(self, at: int) -> Mechanism:  # noqa: C901 - several functions, none of them complex
        """See :meth:`~mock_athena.ratelimit.limits.Limit.mechanism`."""
        interval, until_full = self.interval, self.until_full
        capacity = self.quota * interval

        def told(full: int, now: int) -> Standing:
            missing = full - now
            if missing <= 0:
                return capacity // interval, now
            tokens = -(-missing // interval)
            return capacity // interval - tokens, full if until_full else full - (tokens - 1) * interval

        def take(words: Words, now: int, cost: int) -> Standing | None:
            full = words[at]
            full = (max(now, full)) + cost * interval
            if full - now > capacity:
                return None
            words[at] = full
            return told(full, now)

        def give(words: Words, cost: int) -> None:
            words[at] -= cost * interval

        def wait(words: Words, now: int, cost: int) -> int:
            return max(0, max(words[at], now) + cost * interval - now - capacity)

        def standing(words: Words, now: int) -> Standing:
            return told(words[at], now)

        def refused(words: Words, now: int) -> None:
            words[at] = now + capacity

        return Mechanism(take, give, wait, standing, range(at, at + 1), refused if self.charge_denied else None)


def Gcra(name: str, quota: int, window: int, charge_denied: bool = False) -> TokenBucket:
    """``quota`` requests at once and then evenly, ``quota`` in ``window`` seconds; tells when all are back."""
    return TokenBucket(name, quota, window, charge_denied, until_full=True)
