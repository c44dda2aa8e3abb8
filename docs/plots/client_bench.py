"""Draws the table of ways to ask: ``athena-fhir bench --json > docs/plots/client-bench.json``, then this.

Needs matplotlib, which nothing else here does.
"""

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

HERE = Path(__file__).parent
COLOURS = ("#8a949e", "#212b36", "#2a7f8f", "#9cc7d1", "#c2703d")

cells = json.loads((HERE / "client-bench.json").read_text(encoding="utf-8"))
sizes = sorted({cell["resources"] for cell in cells})
labels = list(dict.fromkeys(cell["label"] for cell in cells))
figure, (requests, seconds) = pyplot.subplots(1, 2, figsize=(11, 4), constrained_layout=True)
for axis, measure, title in ((requests, "requests", "requests of the quota"), (seconds, "seconds", "seconds")):
    for label, colour in zip(labels, COLOURS, strict=True):
        values = {cell["resources"]: cell["measured"][measure] for cell in cells if cell["label"] == label}
        axis.plot(sizes, [max(values[size], 0.5) for size in sizes], "o-", color=colour, label=label)
    axis.set(xscale="log", yscale="log", xlabel="resources", title=title)
    axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
requests.legend(frameon=False, fontsize=8)
figure.savefig(HERE / "client-bench.png", dpi=110)
