"""Misbehaves on request. The edge asks here at each step of a request whether something is to go wrong.

Nothing misbehaves unless it was told to, and then nothing of the rest of this room is even imported. A *fault* is what
goes wrong (one file in :mod:`mock_athena.faults.kinds`), a *rule* says for whom and how often
(:mod:`mock_athena.faults.rules`), a *scenario* is a file of rules (:mod:`mock_athena.faults.scenarios`).
"""

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mock_athena.faults.fault import Phase
    from mock_athena.faults.rules import ArmedRule, Facts, Rule, Strike


class Disturbance(NamedTuple):
    """What a fault does to an export job that is being started.

    Attributes:
        delay: nanoseconds by which it is ready later.
        failure: why it fails; empty where it does not. fails_after: the share of its time after which it does.
        left_out: types that its files lack, as if they could not be exported.
    """

    delay: int = 0
    failure: str = ""
    left_out: tuple[str, ...] = ()
    fails_after: float = 1.0


UNDISTURBED = Disturbance()


class Faults:
    """The rules that are armed, in the order in which they strike."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: tuple[ArmedRule, ...] = ()
        self._at_start: tuple[Rule, ...] = ()
        self._numbers = 0

    @property
    def quiet(self) -> bool:
        """Nothing is armed."""
        return not self._armed

    @property
    def armed(self) -> "tuple[ArmedRule, ...]":
        """What is armed."""
        return self._armed

    @property
    def at_start(self) -> "tuple[Rule, ...]":
        """What is armed at the start, and after every reset."""
        return self._at_start

    def arm(self, rules: "Iterable[Rule]", now: int) -> "list[ArmedRule]":
        """Let rules strike from ``now`` on (nanoseconds since 1970 UTC)."""
        from mock_athena.faults.rules import ArmedRule

        with self._lock:
            added = [ArmedRule(self._numbers + n, rule, now) for n, rule in enumerate(rules, 1)]
            self._numbers += len(added)
            self._armed = (*self._armed, *added)
        return added

    def arm_at_start(self, rules: "Sequence[Rule]", now: int) -> None:
        """The same, and again after every reset."""
        self._at_start = tuple(rules)
        self.arm(self._at_start, now)

    def replace(self, armed: "Sequence[ArmedRule]") -> None:
        """Let these be armed, with what they have counted, and no others."""
        with self._lock:
            self._numbers = max((rule.number for rule in armed), default=0)
            self._armed = tuple(armed)

    def disarm(self, number: int | None = None) -> bool:
        """Disarm one rule, or all; answers whether there was anything."""
        with self._lock:
            left = tuple(rule for rule in self._armed if number is not None and rule.number != number)
            found, self._armed = len(left) < len(self._armed), left
        return found

    def strikes(self, phase: "Phase", facts: "Facts", now: int) -> "list[Strike]":
        """What a request meets with at this step of it."""
        met = (rule.meets(facts, now) for rule in self._armed if rule.rule.at == phase)
        return [strike for strike in met if strike is not None]

    def reset(self, now: int) -> None:
        """As at the start: what was armed since then is gone, and every count is zero."""
        self.disarm()
        self._numbers = 0  # what is drawn depends on it, and is to be the same again
        if self._at_start:
            self.arm(self._at_start, now)
