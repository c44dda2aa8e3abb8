"""How long to wait before the next try: exponentially longer, and fully at random (*full jitter*).

Clients that were refused together and wait alike come back together. A wait between nothing and the bound, evenly
drawn, spreads them best (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). What the server
asks for (``Retry-After``) is waited for in any case, and the jitter comes on top.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Bounds of the waits.

    Attributes:
        attempts: how often a request is sent at most.
        base: seconds; the bound of the first wait, which doubles with each.
        longest: seconds; no bound is larger.
        patience: seconds; whoever is told to wait longer gives up.
    """

    attempts: int = 6
    base: float = 0.5
    longest: float = 30.0
    patience: float = 300.0

    def wait(self, attempt: int, asked: float | None, chance: float | None = None) -> float:
        """Seconds until the next try.

        Args:
            attempt: 1 for the first that failed.
            asked: what the server asks for.
            chance: 0 to 1; drawn if left out.
        """
        drawn = random.random() if chance is None else chance  # noqa: S311 - nobody must not guess it
        jitter = drawn * min(self.longest, self.base * 2.0 ** (attempt - 1))
        # With a wait that was told, all but a little of the jitter would only be time lost.
        return jitter if asked is None else asked + min(jitter, 0.1 * asked + self.base / 2)
