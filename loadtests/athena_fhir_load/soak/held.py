"""What a process holds, looked at from outside (on Linux), and whether it held ever more."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

_WARM = 0.25  # of the run: caches fill, the journal reaches its size
_GROWTH, _SLACK = 0.05, 8.0  # of the memory, and MB


@dataclass(frozen=True, slots=True)
class Held:
    """At one moment.

    Attributes:
        requests: how many were done. megabytes: private memory. files: descriptors, sockets to callers included.
        temporaries: files in its folder for temporaries.
    """

    requests: int
    megabytes: float
    files: int
    threads: int
    temporaries: int


def held(pid: int, temporaries: Path, requests: int) -> Held:
    """What it holds now."""
    process = Path(f"/proc/{pid}")
    status = process.joinpath("status").read_text(encoding="utf-8").splitlines()
    anonymous = next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))
    files = len(list(process.joinpath("fd").iterdir()))
    threads = len(list(process.joinpath("task").iterdir()))
    return Held(requests, anonymous / 1024, files, threads, sum(1 for _ in temporaries.rglob("*")))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether anything grew, in words; empty where nothing did."""

    samples: tuple[Held, ...]
    leaks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For a record."""
        return {"leaks": list(self.leaks), "samples": [asdict(sample) for sample in self.samples]}


def judged(samples: Sequence[Held], callers: int, left: Sequence[str] = ()) -> Verdict:
    """The first third after the warm-up against the last third: medians, since each sample is of a moment.

    Args:
        left: temporaries that were there when the process had ended.

    Raises:
        ValueError: there are too few samples.
    """
    warm = [sample for sample in samples if sample.requests >= _WARM * samples[-1].requests]
    third = len(warm) // 3
    if third < 2:
        message = f"{len(samples)} samples are too few to judge by: let it run longer"
        raise ValueError(message)
    early, late = warm[:third], warm[-third:]
    leaks = []
    before, after = (median(sample.megabytes for sample in part) for part in (early, late))
    if after > before * (1 + _GROWTH) + _SLACK:
        leaks.append(f"memory grew from {before:.1f} to {after:.1f} MB")
    # Connections come and go, and a thread is replaced while it is held up: as many as there are callers may differ.
    for what in ("files", "threads", "temporaries"):
        before, after = (median(getattr(sample, what) for sample in part) for part in (early, late))
        if after > before + callers:
            leaks.append(f"{what} grew from {before:.0f} to {after:.0f}")
    if left:
        leaks.append(f"left behind: {len(left):,} temporaries, such as {left[0]}")
    return Verdict(tuple(samples), tuple(leaks))
