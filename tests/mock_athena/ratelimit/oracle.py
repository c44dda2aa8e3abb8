"""A second opinion on every decision: slow, obvious, and sharing nothing with the limiter."""

from bisect import bisect_right, insort
from collections import Counter

SECOND = 10**9
DAY = 86_400 * SECOND


class Oracle:
    """Remembers every admitted instant for ever and counts them anew for each question."""

    def __init__(self, quota: int = 16, window: int = 2 * SECOND, daily: int = 100_000) -> None:
        self.admitted: list[int] = []
        self._of_day: Counter[int] = Counter()
        self._quota, self._window, self._daily = quota, window, daily

    def left(self, instant: int) -> tuple[int, int]:
        """How many more requests the window that ends at ``instant``, and its day, have room for."""
        lately = bisect_right(self.admitted, instant) - bisect_right(self.admitted, instant - self._window)
        return self._quota - lately, self._daily - self._of_day[instant // DAY]

    def admits(self, instant: int) -> bool:
        """Whether a request at ``instant`` keeps every window, and the day, within its quota."""
        return min(self.left(instant)) > 0

    def arrive(self, instant: int) -> bool:
        """Decide on a request, and remember it if it was admitted."""
        admitted = self.admits(instant)
        if admitted:
            insort(self.admitted, instant)
            self._of_day[instant // DAY] += 1
        return admitted
