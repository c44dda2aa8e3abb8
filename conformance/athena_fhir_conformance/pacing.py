"""As fast as the target's quota allows, and never faster.

A sliding window over the instants at which answers arrived: the target decided before that, so whatever the network
adds, no window of the target ever holds more than the quota. What the target says of its quota (``RateLimit-Policy``,
draft-ietf-httpapi-ratelimit-headers) is learned, and so is whose quota a request was charged to: by ``RateLimit``,
which tells what is left of it.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from athena_fhir_conformance.clock import Clock
from athena_fhir_conformance.judges.limit_fields import Member, members, whole

LONGEST = 60.0  # seconds; quotas over a longer time are budgeted, not paced
_MOST = 100_000  # requests; who admits more in a minute is not reached by what we send
_AIR = 0.002  # seconds added to a window, for a clock that is read with less precision than it decides


@dataclass(frozen=True)
class Quota:
    """``amount`` requests in any ``window`` seconds."""

    amount: int
    window: float


DEFAULT = (Quota(16, 2.0),)
"""8 requests a second, 16 in any 2 seconds."""


class Pacer:
    """Waits before a request until every quota has room for it.

    Args:
        quotas: what holds until the target says otherwise; empty paces nothing.
        learns: whether what the target declares replaces them.
    """

    def __init__(self, clock: Clock, quotas: tuple[Quota, ...] = DEFAULT, learns: bool = True) -> None:
        self._clock, self.quotas, self._learns = clock, quotas, learns
        self._charged: deque[_Charged] = deque(maxlen=max((quota.amount for quota in quotas), default=1))
        self.waited, self._told = 0.0, False
        self.refusals_count = True  # until the target showed that a refused request costs nothing

    def wait(self) -> None:
        """Let time pass until one more request fits."""
        if (missing := self.missing()) > 0:
            self.waited += missing
            self._clock.sleep(missing)

    def missing(self) -> float:
        """Seconds until one more request fits; none or less where it does."""
        return max((self._free_at(quota) for quota in self.quotas), default=0.0) - self._clock.now()

    def answered(self, told: "Told", sent_at: float) -> None:
        """An answer arrived to a request that was sent at this instant."""
        charged = _Charged(sent_at, self._clock.now(), told)
        if self._is_charged(charged):
            self._charged.append(charged)
        self._told = self._told or bool(told.policy)
        if told.policy and self._learns and (quotas := declared(told.policy)) and quotas != self.quotas:
            self.quotas = quotas
            self._charged = deque(self._charged, maxlen=max(quota.amount for quota in quotas))

    def _is_charged(self, answer: "_Charged") -> bool:
        """Whether a request counts, as far as it is known. Who else's counted and should not have is told by ours."""
        told = answer.told
        if not told.policy or told.refused:
            return self.refusals_count if told.refused else not self._told
        for quota, used in told.used():
            before = [each for each in self._charged if each.precedes(answer, quota.window)]
            others = [each for each in before if not each.told.ours]
            if not told.ours and used <= len(before) - len(others):
                return False
            surplus = len(before) + 1 - used if told.ours else 0
            for each in others[: max(surplus, 0)]:
                self._charged.remove(each)
        return True

    def settle(self) -> None:
        """Wait until every window is empty, so that a check begins with the whole quota."""
        if self._charged and self.quotas:
            gap = self._charged[-1].answered + max(quota.window for quota in self.quotas) + _AIR - self._clock.now()
            self._clock.sleep(max(gap, 0.0))

    def used_up(self) -> bool:
        """Whether most of every quota was used just now, so that little of it is lost by :meth:`settle`."""
        lately = [self._clock.now() - 0.6 * quota.window for quota in self.quotas]
        most = [max(quota.amount * 4 // 5, 1) for quota in self.quotas]
        return all(
            len(self._charged) >= amount and self._charged[-amount].answered > since
            for amount, since in zip(most, lately, strict=True)
        )

    def refusals_are_free(self) -> None:
        """The target showed that a refused request costs nothing."""
        self.refusals_count = False
        self._charged = deque((each for each in self._charged if not each.told.refused), self._charged.maxlen)

    def _free_at(self, quota: Quota) -> float:
        if len(self._charged) < quota.amount:
            return 0.0
        return self._charged[-quota.amount].answered + quota.window + _AIR


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer tells of quotas.

    Attributes:
        policy: its ``RateLimit-Policy``. Once the target told one, what has none costs nothing of it: discovery,
            sign-in, tokens.
        left: its ``RateLimit``.
        ours: the request had the token with which checks read, so it was charged to the quota by which we pace.
        refused: it is a 429.
    """

    policy: str = ""
    left: str = ""
    ours: bool = True
    refused: bool = False

    def used(self) -> Iterator[tuple[Quota, int]]:
        """The quotas of the policy of which it tells what is left, and how many requests of each were in its window."""
        left = {each.name: whole(each.parameters.get("r")) for each in members(self.left) or []}
        for name, quota in _quotas(self.policy):
            if (remaining := left.get(name)) is not None:
                yield quota, quota.amount - remaining


@dataclass(frozen=True, slots=True)
class _Charged:
    """A request that was decided between two instants, and charged to our quota, or maybe to it."""

    sent: float
    answered: float
    told: Told

    def precedes(self, later: "_Charged", window: float) -> bool:
        """Whether it was admitted, and was in the window for sure when a later one was decided."""
        admitted = self.told.policy and not self.told.refused
        return bool(admitted) and self.answered <= later.sent and later.answered - self.sent < window - _AIR


def declared(policy: str) -> tuple[Quota, ...]:
    """The quotas of a ``RateLimit-Policy`` that are short enough to be paced."""
    return tuple(quota for _, quota in _quotas(policy))


def _quotas(policy: str) -> Iterator[tuple[str, Quota]]:
    for each in members(policy) or []:
        quota = _quota(each)
        if 0 < quota.amount <= _MOST and 0 < quota.window <= LONGEST:
            yield each.name, quota


def _quota(told: Member) -> Quota:
    return Quota(whole(told.parameters.get("q")) or 0, float(whole(told.parameters.get("w")) or 0))
