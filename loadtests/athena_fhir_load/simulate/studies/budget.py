"""What does a daily budget allow, to people who open charts in office hours?"""

from pathlib import Path

from athena_fhir_load.simulate.outcome import Outcome
from athena_fhir_load.simulate.pictures import figure, saved
from athena_fhir_load.simulate.scene import DAY, Behaviour, Crowd, Office, Scene
from athena_fhir_load.simulate.studies.study import Row, Study
from athena_fhir_load.simulate.world import simulated

NAME, QUESTION = "budget", "What does a budget of 100,000 requests a day allow?"

_BUDGET, _CHART = 100_000, 24
_PARTS = (0.25, 0.5, 0.75, 0.9, 1.0, 1.2)


def run(seed: int = 1, scale: float = 1.0) -> Study:
    """The question answered: one Monday of one caller, at ever more of the budget.

    A smaller ``scale`` leaves out the larger parts: the budget is the policy's and has no scale.
    """
    parts = [part for part in _PARTS if part <= max(scale, _PARTS[0])]
    found = [(part, _one(seed, part)) for part in (parts if scale < 1 else _PARTS)]
    rows = tuple(_row(part, outcome) for part, outcome in found)
    columns = ("of the budget %", "charts", "wait p50 s", "p99 s", "most s", "unserved", "spent at h")
    return Study(NAME, QUESTION, columns, rows, _answers(rows), tuple(outcome for _, outcome in found))


def _one(seed: int, part: float) -> Outcome:
    charts = Office(_CHART, part * _BUDGET / _CHART)
    return simulated(Scene(f"{part:.0%} of the budget", (Crowd("people", charts, 1, Behaviour.PACED),), DAY, seed))


def _row(part: float, outcome: Outcome) -> Row:
    crowd = outcome.crowds[0]
    spent = crowd.seconds / 3600 if crowd.admitted >= _BUDGET else "-"
    charts = crowd.wanted // _CHART
    return round(100 * part), charts, crowd.wait_p50, crowd.wait_p99, crowd.wait_most, crowd.unserved, spent


def _answers(rows: tuple[Row, ...]) -> tuple[str, ...]:
    within = [row for row in rows if not row[5]]
    beyond = [row for row in rows if row[5]]
    told = [
        f"{row[1]:,} charts of {_CHART} requests fit a day; the slowest request waits {row[4]:.1f} s."
        for row in within[-1:]
    ]
    told += [
        f"At {row[0]} % of the budget it is spent by {float(row[6]):.1f} h UTC: {row[5]:,} requests wait for midnight."
        for row in beyond
        if row[6] != "-"
    ]
    return tuple(told)


def draw(study: Study, path: Path) -> None:
    """The day, hour by hour, and the wait."""
    picture, (hours, waits) = figure(1, 2, title=QUESTION)
    for outcome in study.outcomes:
        hours.plot(outcome.crowds[0].admitted_by_hour, label=outcome.scene, linewidth=1.2)
    hours.set_xlabel("hour UTC")
    hours.set_ylabel("admitted in an hour")
    hours.legend(fontsize=7)
    parts = study.column("of the budget %")
    for column in ("wait p50 s", "p99 s", "most s"):
        waits.plot(parts, study.column(column), marker="o", markersize=3, label=column)
    waits.set_xlabel("of the budget %")
    waits.set_ylabel("seconds from wanted to admitted")
    waits.legend(fontsize=7)
    saved(picture, path)
