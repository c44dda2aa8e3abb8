"""How many processes may share a quota, and how should they?"""

from pathlib import Path

from athena_fhir_load.simulate.outcome import Outcome
from athena_fhir_load.simulate.pictures import figure, saved
from athena_fhir_load.simulate.scene import Behaviour, Crowd, Job, Scene
from athena_fhir_load.simulate.studies.study import Row, Study, scaled
from athena_fhir_load.simulate.world import simulated

NAME, QUESTION = "sharing", "How many processes may share a quota?"

_PROCESSES = (1, 2, 4, 8, 16, 32)
_WAYS = {
    "one pace, shared": (Behaviour.PACED, True),
    "paced, each its own": (Behaviour.PACED, False),
    "adaptive": (Behaviour.ADAPTIVE, False),
    "spaced, 125 ms": (Behaviour.SPACED, False),
    "backoff": (Behaviour.BACKOFF, False),
    "wait when refused": (Behaviour.OBEDIENT, False),
}
_SECONDS, _WORKERS = 200, 2
_GOOD_USE, _GOOD_SHARE, _FEW_REFUSALS = 90.0, 0.95, 1.0


def run(seed: int = 1, scale: float = 1.0) -> Study:
    """The question answered: each way, with ever more processes, all of which always want more."""
    seconds = 2 * scaled(_SECONDS / 2, scale)
    found = [(way, number, _one(seed, way, number, seconds)) for way in _WAYS for number in _PROCESSES]
    rows = tuple(_row(way, number, outcome, seconds) for way, number, outcome in found)
    answers = tuple(_answer(way, [row for row in rows if row[0] == way]) for way in _WAYS)
    columns = ("way", "processes", "used %", "refused %", "jain")
    return Study(NAME, QUESTION, columns, rows, answers, tuple(outcome for *_, outcome in found))


def _one(seed: int, way: str, number: int, seconds: int) -> Outcome:
    behaviour, shared = _WAYS[way]
    job = Job(16 * seconds // 2 + 16)
    crowd = Crowd("processes", job, 1, behaviour, processes=number, shares_pace=shared, workers=_WORKERS)
    return simulated(Scene(f"{way}, {number}", (crowd,), seconds, seed))


def _row(way: str, number: int, outcome: Outcome, seconds: int) -> Row:
    crowd = outcome.crowds[0]
    used = 100 * crowd.admitted / (8 * seconds)
    return way, number, used, 100 * crowd.refused_share, crowd.jain


def _answer(way: str, rows: list[Row]) -> str:
    good = [
        int(row[1])
        for row in rows
        if float(row[2]) >= _GOOD_USE and float(row[3]) <= _FEW_REFUSALS and float(row[4]) >= _GOOD_SHARE
    ]
    fair = f"with {_GOOD_USE:.0f} % of the quota used, at most {_FEW_REFUSALS:.0f} % refused and fair shares"
    return f"{way}: {f'up to {max(good)}' if good else 'not even one'} {fair}."


def draw(study: Study, path: Path) -> None:
    """Use, refusals and fairness against the number of processes."""
    picture, axes = figure(1, 3, title="Processes that share one quota of 16 in 2 s, and always want more")
    for axis, column in zip(axes, ("used %", "refused %", "jain"), strict=True):
        for way in _WAYS:
            axis.plot(_PROCESSES, study.column(column, way=way), marker="o", markersize=3, label=way)
        axis.set_xscale("log", base=2)
        axis.set_xticks(_PROCESSES, [str(each) for each in _PROCESSES])
        axis.set_xlabel("processes")
        axis.set_ylabel(column)
        axis.set_ylim(bottom=0)
    axes[0].legend(fontsize=7)
    saved(picture, path)
