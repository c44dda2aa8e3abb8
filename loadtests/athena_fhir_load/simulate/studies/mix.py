"""What do greedy callers cost polite ones: on one quota, and on quotas of their own?"""

from pathlib import Path

from athena_fhir_load.simulate.outcome import CrowdFigures
from athena_fhir_load.simulate.pictures import figure, saved
from athena_fhir_load.simulate.scene import Behaviour, Crowd, Job, Scene
from athena_fhir_load.simulate.studies.study import Row, Study, scaled
from athena_fhir_load.simulate.world import simulated

NAME, QUESTION = "mix", "What do greedy callers cost polite ones?"

_TOGETHER, _GREEDY = 8, (0, 1, 2, 4, 7)
_SECONDS = 200


def run(seed: int = 1, scale: float = 1.0) -> Study:
    """The question answered: eight processes, ever more of them greedy, that share a quota or do not."""
    seconds = 2 * scaled(_SECONDS / 2, scale)
    scenes = [_scene(seed, greedy, own, seconds) for own in (False, True) for greedy in _GREEDY]
    outcomes = tuple(simulated(scene) for scene in scenes)
    rows = tuple(
        _row("own quotas" if place >= len(_GREEDY) else "one quota", outcome.crowds, seconds)
        for place, outcome in enumerate(outcomes)
    )
    columns = (
        "quotas",
        "greedy",
        "polite, admitted/s each",
        "greedy, admitted/s each",
        "polite, refused %",
        "greedy, refused %",
    )
    return Study(NAME, QUESTION, columns, rows, _answers(rows), outcomes)


def _scene(seed: int, greedy: int, own: bool, seconds: int) -> Scene:
    job = Job(16 * seconds // 2 + 16)
    polite = Crowd("polite", job, 1, processes=_TOGETHER - greedy, workers=2)
    crowds = [polite]
    if greedy:
        client = "" if own else "polite"
        crowds.append(Crowd("greedy", job, 1, Behaviour.GREEDY, processes=greedy, shares_pace=False, client=client))
    return Scene(f"{greedy} greedy, {'own quotas' if own else 'one quota'}", tuple(crowds), seconds, seed)


def _row(quotas: str, crowds: tuple[CrowdFigures, ...], seconds: int) -> Row:
    polite, *others = crowds
    greedy = others[0] if others else None
    return (
        quotas,
        greedy.processes if greedy else 0,
        polite.admitted / polite.processes / seconds,
        greedy.admitted / greedy.processes / seconds if greedy else "-",
        100 * polite.refused_share,
        100 * greedy.refused_share if greedy else "-",
    )


def _answers(rows: tuple[Row, ...]) -> tuple[str, ...]:
    one = {row[1]: row for row in rows if row[0] == "one quota"}
    own = {row[1]: row for row in rows if row[0] == "own quotas"}
    alone, some = float(one[0][2]), one[1]
    took, left, refused = float(some[3]), float(some[2]), float(own[1][4])
    return (
        (
            f"One greedy process of {_TOGETHER} on one quota takes {took:.2f} requests/s, and leaves "
            f"each polite one {left:.2f} where {alone:.2f} were its share."
        ),
        f"On a quota of its own it costs them nothing: {refused:.0f} % of theirs are refused.",
    )


def draw(study: Study, path: Path) -> None:
    """What each process gets."""
    picture, axes = figure(1, 2, title=f"{_TOGETHER} processes that always want more, ever more of them greedy")
    for axis, quotas in zip(axes, ("one quota", "own quotas"), strict=True):
        greedy = study.column("greedy", quotas=quotas)
        for who in ("polite", "greedy"):
            got = study.column(f"{who}, admitted/s each", quotas=quotas)
            points = [(number, each) for number, each in zip(greedy, got, strict=True) if each != "-"]
            axis.plot(*zip(*points, strict=True), marker="o", label=who)
        axis.set_title("all on one quota" if quotas == "one quota" else "the greedy on another quota", fontsize=9)
        axis.set_xlabel("greedy processes")
        axis.set_ylabel("admitted a second, each")
        axis.set_ylim(bottom=0)
        axis.legend(fontsize=7)
    saved(picture, path)
