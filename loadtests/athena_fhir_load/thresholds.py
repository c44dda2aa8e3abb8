"""What a run must keep to be right, beside the limiter: for CI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The most that is still right.

    Attributes:
        failures: failed requests. p99: milliseconds since a request was due; 0 for any. dropped: share of those due.
    """

    failures: int = 0
    p99: float = 0.0
    dropped: float = 1.0

    def checked(self, generator: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What was found, and the most that it may be."""
        failed = sum(generator["failures"].values())
        checks = [{"what": "failed requests", "found": failed, "most": self.failures}]
        p99 = generator["latency_ms"].get("answered", {}).get("p99")
        if self.p99:
            checks.append({"what": "p99 since it was due, ms", "found": p99, "most": self.p99})  # None: no answer
        if self.dropped < 1:
            checks.append(
                {"what": "share of due requests not sent", "found": generator["dropped_share"], "most": self.dropped}
            )
        if generator.get("lost_workers"):
            checks.append({"what": "workers that died in the run", "found": generator["lost_workers"], "most": 0})
        return checks


def held(checks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing was passed."""
    return all(check["found"] is not None and check["found"] <= check["most"] for check in checks)
