"""odd-rate-limit: fields of the rate limit that cannot be read."""

from dataclasses import dataclass
from functools import reduce
from typing import Literal

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class OddRateLimit(Fault):
    """The fields that speak of the rate limit cannot be read: whoever looks at them must do as if they were not there.

    ``how``: ``words``, ``unclosed`` (a list that breaks off), ``negative``, ``fraction``, ``no-numbers`` (words where
    numbers should be), ``empty``.
    """

    how: Literal["words", "unclosed", "negative", "fraction", "no-numbers", "empty"] = "unclosed"

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Garble those that are there."""
        number, limit, policy = _GARBLED[self.how]
        garbled = {"RateLimit": limit, "RateLimit-Policy": policy} | dict.fromkeys(_NUMBERS, number)
        return reduce(
            lambda told, name: told.with_header(name, garbled[name]) if told.get(name) is not None else told,
            garbled,
            answer,
        )


_NUMBERS = (
    *("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
)
# What a number, RateLimit and RateLimit-Policy become.
_GARBLED = {
    "words": ("many", "plenty of requests", "as many as you like"),
    "unclosed": ("1,", '"burst";r=0;t=1, "dai', '"burst";q=16;w=2, "dai'),
    "negative": ("-1", '"burst";r=-1;t=-60', '"burst";q=-16;w=-2'),
    "fraction": ("0.5", '"burst";r=0.5;t=1.5', '"burst";q=0.5;w=0.5'),
    "no-numbers": ("none", '"burst";r=none;t=soon', '"burst";q=some;w=short'),
    "empty": ("", "", ""),
}
