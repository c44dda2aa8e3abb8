"""Durations counted in buckets that are 1 % wide: any number of them in little memory, and two can be added up.

A mean of percentiles is no percentile; counts of buckets can be added, over workers and over seconds.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import ceil, log

_GROWTH = log(1.01)
_LEAST = 0.0001  # milliseconds; what is shorter is in the same bucket

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


class Histogram:
    """How many durations there were of each length, in milliseconds."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts: Counter[int] = Counter(counts or {})

    def add(self, milliseconds: float) -> None:
        """One more."""
        self.counts[ceil(log(max(milliseconds, _LEAST) / _LEAST) / _GROWTH)] += 1

    def extend(self, durations: Iterable[float]) -> "Histogram":
        """All of them; answers itself."""
        for duration in durations:
            self.add(duration)
        return self

    def merge(self, other: "Histogram") -> None:
        """Those of another as well."""
        self.counts.update(other.counts)

    def __len__(self) -> int:
        return self.counts.total()

    def quantile(self, share: float) -> float:
        """The duration that this share is not longer than, in milliseconds, to 1 %; NaN if there is none."""
        rank, seen = max(1, ceil(share * len(self))), 0
        for bucket, count in sorted(self.counts.items()):
            seen += count
            if seen >= rank:
                return _length(bucket)
        return float("nan")

    def cumulated(self) -> Iterator[tuple[float, float]]:
        """(milliseconds, share that is not longer), for a plot."""
        seen = 0
        for bucket, count in sorted(self.counts.items()):
            seen += count
            yield _length(bucket), seen / len(self)

    def told(self) -> dict[str, float | int | None]:
        """Its size and its percentiles."""
        return {"n": len(self)} | {
            name: round(self.quantile(share), 3) if len(self) else None for name, share in PERCENTILES.items()
        }

    def as_json(self) -> dict[str, int]:
        """To send or keep."""
        return {str(bucket): count for bucket, count in self.counts.items()}

    @classmethod
    def from_json(cls, told: Mapping[str, int]) -> "Histogram":
        """What :meth:`as_json` made."""
        return cls({int(bucket): count for bucket, count in told.items()})


def _length(bucket: int) -> float:
    return round(_LEAST * 1.01**bucket, 6)
