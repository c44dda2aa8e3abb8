"""``python -m athena_fhir_load.history``: how the ratios went, run by run, as a picture."""

import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path

from athena_fhir_load.records import FOLDER, Record, courses, read
from athena_fhir_load.simulate.pictures import figure, saved

_COLUMNS = 4


def draw(records: Sequence[Record], path: Path) -> None:
    """One small chart for each figure that has a ratio, all from zero."""
    found = courses(records)
    rows = ceil(len(found) / _COLUMNS)
    picture, axes = figure(rows, _COLUMNS, title="Ratios to baselines of the same run")
    places = list(axes.flat)
    revisions = [record["revision"] for record in records]
    for place, (name, course) in zip(places, found.items(), strict=False):
        points = [(at, ratio) for at, ratio in enumerate(course) if ratio is not None]
        place.plot(*zip(*points, strict=True), marker="o", markersize=3)
        place.set_title(name, fontsize=7)
        place.set_ylim(bottom=0)
        place.set_xticks(range(len(revisions)), revisions, fontsize=5, rotation=30)
        place.tick_params(axis="y", labelsize=6)
    for place in places[len(found) :]:
        place.set_visible(False)
    saved(picture, path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw ``history.png`` beside the records; 1 if there are none."""
    folder = Path((arguments or sys.argv[1:] or [str(FOLDER)])[0])
    records = read(folder)
    if not any(courses(records)):
        sys.stderr.write(f"no records with ratios in {folder}: make bench writes them\n")
        return 1
    draw(records, folder / "history.png")
    sys.stdout.write(f"{folder / 'history.png'}: {len(records)} runs\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
