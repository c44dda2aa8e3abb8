"""Individual calls, pages or a bulk export, as the data grow?"""

from collections.abc import Callable
from pathlib import Path

from athena_fhir_load.simulate.outcome import Outcome
from athena_fhir_load.simulate.pictures import figure, saved
from athena_fhir_load.simulate.scene import Behaviour, Crowd, Job, Scene
from athena_fhir_load.simulate.studies.study import Row, Study
from athena_fhir_load.simulate.world import simulated

NAME, QUESTION = "bulk", "Individual calls, pages or a bulk export, as the data grow?"

_SIZES = (100, 1_000, 10_000, 50_000, 120_000)
_PAGE, _FILE, _TYPES = 100, 50_000, 12
_EXPORT, _POLL = 600, 60  # seconds
INDIVIDUAL, PAGES, BULK = "individual calls", "pages of 100", "bulk export"


def _individual(size: int) -> Crowd:
    return Crowd(INDIVIDUAL, Job(size), 1, Behaviour.PACED)


def _pages(size: int) -> Crowd:
    """One after the other: a page tells where the next is."""
    return Crowd(PAGES, Job(-(-size // _PAGE)), 1, Behaviour.PACED, pauses=(0.0,))


def _bulk(size: int) -> Crowd:
    """Kick-off, a look each minute, the files, the deletion."""
    polls = _EXPORT // _POLL
    files = max(_TYPES, -(-size // _FILE))
    return Crowd(BULK, Job(1 + polls + files + 1), 1, Behaviour.PACED, pauses=(*[float(_POLL)] * polls, 0.0))


_WAYS: dict[str, Callable[[int], Crowd]] = {INDIVIDUAL: _individual, PAGES: _pages, BULK: _bulk}


def run(seed: int = 1, scale: float = 1.0) -> Study:
    """The question answered; at a smaller ``scale`` without the larger sizes."""
    sizes = [size for size in _SIZES if size <= max(_SIZES[0], _SIZES[-1] * scale)]
    found = [
        (way, size, simulated(Scene(f"{way}, {size:,}", (make(size),), seed=seed)))
        for way, make in _WAYS.items()
        for size in sizes
    ]
    rows = tuple(_row(way, size, outcome) for way, size, outcome in found)
    columns = ("way", "resources", "requests", "seconds", "budgets of a day")
    return Study(NAME, QUESTION, columns, rows, _answers(rows, sizes), tuple(outcome for *_, outcome in found))


def _row(way: str, size: int, outcome: Outcome) -> Row:
    crowd = outcome.crowds[0]
    return way, size, crowd.sent, crowd.seconds, crowd.sent / 100_000


def _answers(rows: tuple[Row, ...], sizes: list[int]) -> tuple[str, ...]:
    seconds = {(row[0], row[1]): float(row[3]) for row in rows}
    quicker = [size for size in sizes if seconds[BULK, size] < seconds[INDIVIDUAL, size]]
    pages = [size for size in sizes if seconds[BULK, size] < seconds[PAGES, size]]
    largest = sizes[-1]
    by_call, by_page = f"{_long(seconds[INDIVIDUAL, largest])} by calls", f"{_long(seconds[PAGES, largest])} by pages"
    in_bulk = f"{_long(seconds[BULK, largest])} in bulk"
    return (
        f"A bulk export of ten minutes is sooner than individual calls {_from(quicker)}, than pages {_from(pages)}.",
        f"{largest:,} resources take {by_call}, {by_page}, {in_bulk}.",
    )


def _long(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds > 5400 else f"{seconds / 60:.1f} min"


def _from(sizes: list[int]) -> str:
    return f"from {sizes[0]:,} resources on" if sizes else "at no size looked at"


def draw(study: Study, path: Path) -> None:
    """Requests and seconds against the number of resources."""
    picture, (requests, seconds) = figure(1, 2, title=QUESTION)
    for axes, column in ((requests, "requests"), (seconds, "seconds")):
        for way in _WAYS:
            axes.loglog(
                study.column("resources", way=way), study.column(column, way=way), marker="o", markersize=3, label=way
            )
        axes.set_xlabel("resources")
        axes.set_ylabel(column)
    requests.axhline(100_000, color="#888", linewidth=0.8, linestyle="--", label="a day's budget")
    requests.legend(fontsize=7)
    saved(picture, path)
