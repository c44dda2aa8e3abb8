"""``python -m athena_fhir_load.simulate``: the studies, as tables, pictures and JSON."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from athena_fhir_load.ending import ended
from athena_fhir_load.simulate.studies import budget, bulk, mix, sharing, strategies, week
from athena_fhir_load.simulate.studies.study import Study, table

STUDIES: dict[str, ModuleType] = {each.NAME: each for each in (week, sharing, budget, bulk, mix, strategies)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 0, or 2 if it could not be understood."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.plots:
            asked.plots.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.stderr.write(f"--plots {asked.plots} cannot be written: {error.strerror}\n")
        return 2
    told: list[dict[str, Any]] = []
    for name in asked.study or STUDIES:
        began = time.process_time()
        study: Study = STUDIES[name].run(asked.seed, asked.scale)
        took = time.process_time() - began
        if asked.plots:
            STUDIES[name].draw(study, asked.plots / f"{name}.png")
        told.append(study.as_json())
        if not asked.json:
            sys.stdout.write(_shown(study, took))
    if asked.json:
        json.dump({"seed": asked.seed, "scale": asked.scale, "studies": told}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    return 0


def _shown(study: Study, took: float) -> str:
    hashes = " ".join(outcome.log[:12] for outcome in study.outcomes[:4])
    more = f" and {len(study.outcomes) - 4} more" if len(study.outcomes) > 4 else ""
    rate = study.decisions / took if took else 0.0
    lines = (
        f"{study.name}: {study.question}",
        "",
        table(study),
        "",
        *(f"- {answer}" for answer in study.answers),
        "",
        f"{study.decisions:,} decisions in {took:.1f} s of one core ({rate:,.0f}/s); log {hashes}{more}",
        "",
        "",
    )
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m athena_fhir_load.simulate",
        description="Callers by the thousand, for days, on virtual time, against the emulator's own limiter.",
        epilog="The same seed and scale give the same decisions to the byte.",
    )
    parser.add_argument("study", nargs="*", type=_study, metavar="STUDY", help=f"{', '.join(STUDIES)}; all if left out")
    parser.add_argument("--seed", type=int, default=1, help="another draw of the same scenes (1)")
    parser.add_argument(
        "--scale", type=_scale, default=1.0, help="0.001 to 10: so much of callers, time or requests (1)"
    )
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw each study as DIR/STUDY.png; needs matplotlib")
    parser.add_argument("--json", action="store_true", help="everything as JSON, with the hash of each decision log")
    return parser


def _study(text: str) -> str:
    if text not in STUDIES:
        message = f"there is no study {text!r}; expected one of {', '.join(STUDIES)}"
        raise argparse.ArgumentTypeError(message)
    return text


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.001 <= scale <= 10:
        message = f"{text!r} is no scale: expected a number from 0.001 to 10"
        raise argparse.ArgumentTypeError(message)
    return scale


if __name__ == "__main__":
    sys.exit(ended(main))
