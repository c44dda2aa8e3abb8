"""How long an export takes, by our clock: what ``--export-duration`` says."""

import re
from collections.abc import Callable
from math import ceil
from random import Random

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ConfigurationError, shortened

Duration = Callable[[int, Callable[[], int]], int]
"""From the number of a job and the count of its resources, which is asked for only where it matters, to nanoseconds."""

_LONGEST = 10 * 365 * 86_400  # seconds: the ends of jobs stay within the years that a date can name
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)

# The guide: exports can take 5 to 30 minutes.
_REALISTIC = (5 * 60, 30 * 60)


def duration_from(text: float | str, seed: int = 1) -> Duration:
    """What ``instant``, a number of seconds, ``realistic`` or ``{resources}/s`` stands for.

    Args:
        seed: of the realistic ones: the n-th job of each start takes the same time.

    Raises:
        ConfigurationError: anything else.
    """
    said = str(text).strip()
    if said == "instant":
        return _fixed(0)
    if said == "realistic":
        return lambda number, _: Random(f"{seed} {number}").randint(*_REALISTIC) * NANOSECONDS  # noqa: S311 - no secret
    number = said.removesuffix("/s")
    if _NUMBER.fullmatch(number) and float(number) <= _LONGEST:
        if number == said:
            return _fixed(round(float(number) * NANOSECONDS))
        if float(number) > 0:
            return _by_size(float(number))
    message = (
        f"export-duration {shortened(said, 40)!r}: expected 'instant', seconds (such as 600, at most {_LONGEST}), "
        "'realistic' (5 to 30 minutes), or resources per second, such as 1000/s"
    )
    raise ConfigurationError(message)


def _fixed(nanoseconds: int) -> Duration:
    return lambda _number, _count: nanoseconds


def _by_size(rate: float) -> Duration:
    longest = _LONGEST * NANOSECONDS
    return lambda _, count: min(ceil(count() * NANOSECONDS / rate), longest)
