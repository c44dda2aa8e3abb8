"""Draws the envelope of every policy: ``python docs/plots/limits.py``.

The line is what the greediest caller gets, who waits exactly as told; the shade is what the worst phase would allow
(where windows are fixed, a start just before a boundary). Both come from ``mock_athena.ratelimit.explain``.

Needs matplotlib, which nothing else here does.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit import Policy, policy_named
from mock_athena.ratelimit.explain import greedy, most

HERE = Path(__file__).parent
INK, SHADE = "#212b36", "#9cc7d1"
# By policy: how many seconds are shown.
SHOWN = {
    "mission": 6,
    "sliding-1s": 6,
    "token-bucket": 6,
    "gcra": 6,
    "fixed-window": 6,
    "athena-preview": 6,
    "athena-prod": 6,
    "lockout": 6,
    "mission+charge-denied": 6,
}
STEPS = 600


def draw(axes: "pyplot.Axes", policy: Policy, seconds: int) -> None:
    """One panel."""
    span = seconds * NANOSECONDS
    instants = [step * span // STEPS for step in range(STEPS + 1)]
    bound = [most(policy, instant + 1) or 0 for instant in instants]
    reached = dict(greedy(policy, span + 1))
    got = [max((count for at, count in reached.items() if at <= instant), default=0) for instant in instants]
    along = [instant / NANOSECONDS for instant in instants]
    axes.fill_between(along, bound, step="post", color=SHADE, label="worst phase")
    axes.step(along, got, where="post", color=INK, linewidth=1.6, label="greediest caller")
    axes.set_title(policy.name, fontsize=10, color=INK)
    axes.set_xlim(0, seconds)
    axes.set_ylim(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)


def main() -> None:
    """Draw all panels into one picture."""
    figure, grid = pyplot.subplots(3, 3, figsize=(10, 8), constrained_layout=True)
    for axes, (name, seconds) in zip(grid.flat, SHOWN.items(), strict=True):
        draw(axes, policy_named(name), seconds)
    grid.flat[0].legend(fontsize=8, frameon=False, loc="upper left")
    figure.supxlabel("seconds", fontsize=9)
    figure.supylabel("requests admitted", fontsize=9)
    figure.savefig(HERE / "limits.png", dpi=110)


if __name__ == "__main__":
    main()
