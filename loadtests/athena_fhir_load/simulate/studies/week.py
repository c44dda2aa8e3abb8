"""What happens with ten thousand callers for a week?"""

from pathlib import Path

from athena_fhir_load.simulate.outcome import CrowdFigures, Outcome
from athena_fhir_load.simulate.pictures import DAYS, figure, saved
from athena_fhir_load.simulate.scene import DAY, Behaviour, Crowd, Job, Office, Regular, Scene
from athena_fhir_load.simulate.studies.study import Study, scaled
from athena_fhir_load.simulate.world import simulated

NAME, QUESTION = "week", "What happens with 10,000 callers for a week?"

_CHART, _CRAWLED = 24, 150_000  # requests


def scene(seed: int = 1, scale: float = 1.0) -> Scene:
    """Clinics whose people open charts, nightly copies, and one who wants more in a day than there is."""
    charts, night = Office(_CHART, 0.5), Regular(40)
    return Scene(
        "10,000 callers for a week",
        (
            Crowd("clinics, paced", charts, scaled(2000, scale), Behaviour.PACED),
            Crowd("clinics, wait when refused", charts, scaled(6000, scale), Behaviour.OBEDIENT),
            Crowd("clinics, come back at once", charts, scaled(999, scale), Behaviour.GREEDY),
            Crowd("nightly copies, paced", night, scaled(400, scale), Behaviour.PACED),
            Crowd("nightly, wait when refused", night, scaled(500, scale), Behaviour.OBEDIENT),
            Crowd("all at midnight", Regular(40, spread=0.0), scaled(100, scale), Behaviour.BACKOFF),
            Crowd("crawler", Job(scaled(_CRAWLED, scale), at=5 * DAY), 1, Behaviour.OBEDIENT),
        ),
        seconds=7 * DAY,
        seed=seed,
    )


def week(seed: int = 1, scale: float = 1.0) -> Outcome:
    """The figures; at scale 1 a million decisions."""
    return simulated(scene(seed, scale))


def run(seed: int = 1, scale: float = 1.0) -> Study:
    """The question answered."""
    found = week(seed, scale)
    rows = tuple(
        (
            *(crowd.name, crowd.callers, crowd.sent, crowd.admitted, 100 * crowd.refused_share),
            *(crowd.wait_p50, crowd.wait_p99, crowd.wait_most, crowd.unserved),
        )
        for crowd in found.crowds
    )
    columns = ("crowd", "callers", "sent", "admitted", "refused %", "wait p50 s", "p99 s", "most s", "unserved")
    paced, waiting, greedy, *_, crawler = found.crowds
    share = 100 * found.refused / found.sent
    answers = (
        f"{found.decisions:,} requests were decided on, {found.refused:,} of them refused ({share:.1f} %).",
        (
            f"A chart is {_CHART} requests, so each meets the limit. 99 of 100 requests were admitted within "
            f"{_cost(paced)} where the client keeps a pace, {_cost(waiting)} where it waits when refused, "
            f"{_cost(greedy)} where it comes back at once."
        ),
        (
            f"Who wants {crawler.wanted:,} at once waits up to {crawler.wait_most / 3600:.1f} h: a day has 100,000, "
            "and the rest must wait for midnight."
        ),
    )
    return Study(NAME, QUESTION, columns, rows, answers, (found,))


def _cost(crowd: CrowdFigures) -> str:
    return f"{crowd.wait_p99:.2f} s (with {crowd.refused:,} refusals)"


def draw(study: Study, path: Path) -> None:
    """Requests by hour, and how long each crowd waits."""
    draw_week(study.outcomes[0], path)


def draw_week(found: Outcome, path: Path) -> None:
    """Draw the figures of :func:`week` as a PNG.

    Raises:
        RuntimeError: matplotlib is not installed.
    """
    picture, (above, below) = figure(2, title=f"{found.decisions:,} requests of {found.scene}, {found.policy}")
    for crowd in found.crowds:
        hours = range(len(crowd.admitted_by_hour))
        above.plot([hour / 24 for hour in hours], crowd.admitted_by_hour, label=crowd.name, linewidth=1)
    refused = [sum(each) for each in zip(*(_padded(crowd.refused_by_hour) for crowd in found.crowds), strict=True)]
    below.bar([hour / 24 for hour in range(len(refused))], refused, width=1 / 26, color="#b3261e")
    above.set_ylabel("admitted in an hour")
    above.set_yscale("symlog")
    above.legend(fontsize=7, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    below.set_ylabel("refused in an hour")
    for axes in (above, below):
        axes.set_xticks(range(7), DAYS)
        axes.set_xlim(0, 7)
    saved(picture, path)


def _padded(hours: tuple[int, ...]) -> tuple[int, ...]:
    return hours + (0,) * (7 * 24 - len(hours))
