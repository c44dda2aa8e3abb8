"""The report on a target without a journal, such as a sandbox: what the generator saw, and no verdict on the limiter.

A client's clock cannot judge a limiter: with 50 ms of jitter a perfect one seems to admit 30 % too much.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from athena_fhir_load.figures import FORMAT, generator_figures
from athena_fhir_load.thresholds import Thresholds

_NOBODY = {"admitted": 0, "refused": 0, "over_admission": 0, "under_admission": 0, "went_back": 0, "dishonest": 0}


def written_without(run: Mapping[str, Any], folder: Path | None, thresholds: Thresholds) -> dict[str, Any]:
    """Figures of the generator alone, as the other report has them; written into a folder, if there is one."""
    generator = generator_figures(run)
    figures: dict[str, Any] = {
        "format": FORMAT,
        "title": run["scenario"],
        "policy": "",
        "source": run["target"],
        "journal": None,
        "limiter": _NOBODY
        | {"unproven": 0, "honest_share": None, "worst": [], "utilisation_mean": None, "violations": []},
        "retry_after": {"told": 0, "early": 0},
        "decision": None,
        "callers": [],
        "fairness": [],
        "isolation": None,
        "generator": generator,
        "thresholds": thresholds.checked(generator),
    }
    if folder:
        _write(figures, run, folder)
    return figures


def _write(figures: dict[str, Any], run: Mapping[str, Any], folder: Path) -> None:
    from athena_fhir_load import plots
    from athena_fhir_load.page import page
    from athena_fhir_load.report import embedded

    folder.mkdir(parents=True, exist_ok=True)
    pictures = plots.drawn_without(run, folder)
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    html = page(figures, {name: embedded(folder / name) for name in pictures})
    (folder / "index.html").write_text(html, encoding="utf-8")
