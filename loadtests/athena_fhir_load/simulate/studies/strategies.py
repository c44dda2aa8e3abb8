"""Which strategy is how far from the least time that the quota allows?"""

from pathlib import Path

from athena_fhir_load.optimum import optimum
from athena_fhir_load.simulate.outcome import Outcome
from athena_fhir_load.simulate.pictures import figure, saved
from athena_fhir_load.simulate.scene import Behaviour, Crowd, Job, Network, Scene
from athena_fhir_load.simulate.studies.study import Row, Study, scaled
from athena_fhir_load.simulate.world import simulated

NAME, QUESTION = "strategies", "How far from the least time is each strategy?"

_REQUESTS = 800
_LATENCIES = (0.001, 0.050, 0.200)  # seconds, there and back
_WORKERS = (1, 8)


def run(seed: int = 1, scale: float = 1.0) -> Study:
    """The question answered: so many requests by each behaviour, at several latencies."""
    requests = 16 * scaled(_REQUESTS / 16, scale)
    cells = [(each, latency, workers) for each in Behaviour for latency in _LATENCIES for workers in _WORKERS]
    outcomes = tuple(_one(seed, requests, *cell) for cell in cells)
    rows = tuple(_row(requests, *cell, outcome) for cell, outcome in zip(cells, outcomes, strict=True))
    columns = ("strategy", "latency ms", "workers", "seconds", "over the least %", "refused for 100")
    return Study(NAME, QUESTION, columns, rows, _answers(rows), outcomes)


def _one(seed: int, requests: int, behaviour: Behaviour, latency: float, workers: int) -> Outcome:
    network = Network(least=0.4 * latency, jitter=0.1 * latency, service=0.1 * latency)
    crowd = Crowd("job", Job(requests), 1, behaviour, workers=workers)
    return simulated(Scene(f"{behaviour}, {latency * 1000:.0f} ms, {workers}", (crowd,), seed=seed, network=network))


def _row(requests: int, behaviour: Behaviour, latency: float, workers: int, outcome: Outcome) -> Row:
    crowd = outcome.crowds[0]
    over = 100 * (crowd.seconds / optimum(requests, workers, latency) - 1)
    return str(behaviour), round(latency * 1000), workers, crowd.seconds, over, 100 * crowd.refused / requests


def _answers(rows: tuple[Row, ...]) -> tuple[str, ...]:
    told = []
    for each in Behaviour:
        mine = [row for row in rows if row[0] == each]
        over, refused = [float(row[4]) for row in mine], [float(row[5]) for row in mine]
        told.append(
            f"{each}: {min(over):.1f} to {max(over):.1f} % over the least, up to {max(refused):.0f} refusals for 100."
        )
    return tuple(told)


def draw(study: Study, path: Path) -> None:
    """Time lost and refusals, at eight workers."""
    picture, axes = figure(1, 2, title=f"{QUESTION} (8 workers)")
    for axis, column in zip(axes, ("over the least %", "refused for 100"), strict=True):
        for place, latency in enumerate(_LATENCIES):
            cells = {"latency ms": round(latency * 1000), "workers": 8}
            got = study.column(column, **cells)
            axis.bar(
                [at + 0.27 * (place - 1) for at in range(len(Behaviour))], got, 0.25, label=f"{latency * 1000:.0f} ms"
            )
        axis.set_xticks(range(len(Behaviour)), [str(each) for each in Behaviour], fontsize=8)
        axis.set_ylabel(column)
    axes[0].legend(fontsize=7, title="latency")
    saved(picture, path)
