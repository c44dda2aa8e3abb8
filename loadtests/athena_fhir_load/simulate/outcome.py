"""What came of a simulation: figures of each crowd, and a hash of all decisions."""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from athena_fhir_load.simulate.scene import Crowd

HOUR = 3600


@dataclass
class Tally:
    """What is counted of a crowd while it goes on.

    Attributes:
        waits: seconds from the instant at which a request was wanted to the one at which it was admitted.
        shares: requests admitted, by process.
        ended: when the last answer came.
    """

    crowd: Crowd
    waits: "array[float]" = field(default_factory=lambda: array("d"))
    shares: list[int] = field(default_factory=list)
    admitted_by_hour: Counter[int] = field(default_factory=Counter)
    refused_by_hour: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    wanted: int = 0
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class CrowdFigures:
    """Figures of one crowd.

    Attributes:
        wanted, sent, admitted, refused: requests; those wanted that were not admitted when the scene ended are
            ``unserved``.
        wait_p50, wait_p99, wait_most: seconds from wanted to admitted.
        seconds: until the last answer.
        jain: fairness between processes, 1 if all were admitted alike, 1/n if one was alone.
        admitted_by_hour, refused_by_hour: one number for each hour, from the first on.
    """

    name: str
    behaviour: str
    callers: int
    processes: int
    wanted: int
    sent: int
    admitted: int
    refused: int
    wait_p50: float
    wait_p99: float
    wait_most: float
    seconds: float
    jain: float
    admitted_by_hour: tuple[int, ...]
    refused_by_hour: tuple[int, ...]

    @property
    def unserved(self) -> int:
        """Requests that were wanted and never admitted."""
        return self.wanted - self.admitted

    @property
    def refused_share(self) -> float:
        """Of what was sent."""
        return self.refused / self.sent if self.sent else 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures of a scene.

    Attributes:
        log: SHA-256 of the decision log, see :mod:`.log`.
        seconds: of virtual time, to the last event.
    """

    scene: str
    policy: str
    seed: int
    seconds: float
    decisions: int
    log: str
    crowds: tuple[CrowdFigures, ...]

    @property
    def sent(self) -> int:
        """Requests of all crowds."""
        return sum(crowd.sent for crowd in self.crowds)

    @property
    def admitted(self) -> int:
        """Likewise."""
        return sum(crowd.admitted for crowd in self.crowds)

    @property
    def refused(self) -> int:
        """Likewise."""
        return sum(crowd.refused for crowd in self.crowds)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``; the same for the same scene and seed."""
        return {
            "scene": self.scene,
            "policy": self.policy,
            "seed": self.seed,
            "virtualSeconds": round(self.seconds, 6),
            "decisions": self.decisions,
            "decisionLog": f"sha256:{self.log}",
            "crowds": [_json(crowd) for crowd in self.crowds],
        }


def _json(crowd: CrowdFigures) -> dict[str, Any]:
    return {
        "name": crowd.name,
        "behaviour": crowd.behaviour,
        "callers": crowd.callers,
        "processes": crowd.processes,
        "wanted": crowd.wanted,
        "sent": crowd.sent,
        "admitted": crowd.admitted,
        "refused": crowd.refused,
        "unserved": crowd.unserved,
        "waitSeconds": {
            "p50": round(crowd.wait_p50, 6),
            "p99": round(crowd.wait_p99, 6),
            "most": round(crowd.wait_most, 6),
        },
        "seconds": round(crowd.seconds, 6),
        "jain": round(crowd.jain, 6),
        "admittedByHour": list(crowd.admitted_by_hour),
        "refusedByHour": list(crowd.refused_by_hour),
    }


def figures_of(tally: Tally) -> CrowdFigures:
    """The figures of what was counted."""
    waits = sorted(tally.waits)
    hours = range(max((*tally.admitted_by_hour, *tally.refused_by_hour), default=-1) + 1)
    return CrowdFigures(
        tally.crowd.name,
        str(tally.crowd.behaviour),
        tally.crowd.callers,
        tally.crowd.processes,
        tally.wanted,
        tally.sent,
        len(waits),
        tally.refused_by_hour.total(),
        _at(waits, 0.5),
        _at(waits, 0.99),
        _at(waits, 1.0),
        tally.ended,
        jain(tally.shares),
        tuple(tally.admitted_by_hour[hour] for hour in hours),
        tuple(tally.refused_by_hour[hour] for hour in hours),
    )


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def jain(shares: list[int]) -> float:
    """Jain's index of fairness (https://arxiv.org/abs/cs/9809099)."""
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0
