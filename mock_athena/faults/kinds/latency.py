"""latency: the answer comes late."""

import math
from dataclasses import dataclass
from typing import Literal

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check

_LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Latency(Fault):
    """The answer comes late, by seconds of our clock.

    ``seconds`` is the median of its ``distribution``; ``spread`` is how far from it: ± for ``uniform``, the standard
    deviation for ``normal``, sigma of the logarithm for ``lognormal``. ``exponential`` needs no spread, ``fixed`` has
    none. Nothing is faster than at once, nor slower than an hour.
    """

    seconds: float = 1.0
    distribution: Literal["fixed", "uniform", "normal", "lognormal", "exponential"] = "fixed"
    spread: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(0 <= self.seconds <= _LONGEST, f"seconds = {self.seconds}: expected 0 to {_LONGEST:.0f}")
        check(0 <= self.spread <= _LONGEST, f"spread = {self.spread}: expected 0 to {_LONGEST:.0f}")

    def strike(self, call: Call) -> Answer | None:
        """Wait."""
        call.wait(min(max(0.0, self._drawn(call)), _LONGEST))
        return None

    def _drawn(self, call: Call) -> float:
        match self.distribution:
            case "fixed":
                return self.seconds
            case "uniform":
                return call.random.uniform(self.seconds - self.spread, self.seconds + self.spread)
            case "normal":
                return call.random.gauss(self.seconds, self.spread)
            case "lognormal":
                return self.seconds * math.exp(call.random.gauss(0.0, min(self.spread, 100.0)))
            case "exponential":
                return self.seconds * call.random.expovariate(math.log(2))
