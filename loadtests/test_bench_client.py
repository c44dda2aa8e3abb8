"""How near a real client comes to the least time that the quota allows, and that it is never refused.

400 reads from one thread and from eight, from four processes that share a pace, with answers that come at once, late,
and now late and now not; and the guide's 125 ms beside it. Against an emulator in a process of its own, on the
machine's clock: each takes the 48 seconds that it measures, and as they mostly wait, many do so at the same time.
``ARGS='-k client'``.
"""

import pytest

from athena_fhir_load.measure import Figures
from athena_fhir_load.optimum import optimum
from athena_fhir_load.paced_clients import Scene, Took, all_at_once, emulator

REQUESTS = 400
# On a machine that does nothing else 1 % over the least; where others compute, threads wake up late.
ALLOWED, TREMBLING = 1.03, 1.05

AT_A_DISTANCE = {
    f"{threads} threads, {latency * 1000:.0f} ms": Scene(threads, latency=latency)
    for threads in (1, 8)
    for latency in (0.0, 0.05, 0.2)
}
TREMBLES = "8 threads, 0-200 ms"
TOGETHER = "4 processes, 50 ms"
SPACED = "8 threads, the guide's 125 ms"
BARE = "a bare connection, 200 ms"
SCENES = AT_A_DISTANCE | {
    TREMBLES: Scene(8, latency=0.1, spread=0.1),
    TOGETHER: Scene(4, processes=4, latency=0.05),
    SPACED: Scene(8, strategy="spaced"),
    BARE: Scene(latency=0.2, strategy="bare"),
}


@pytest.fixture(scope="module")
def took(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Took]:
    folder = tmp_path_factory.mktemp("clients")
    # Who asks one after the other is kept up by each millisecond, so those are among themselves.
    alone = {name: scene for name, scene in SCENES.items() if scene.threads == 1}
    several = {name: scene for name, scene in SCENES.items() if name not in alone}
    found: dict[str, Took] = {}
    with emulator(folder) as server:
        for scenes in (alone, several):
            found |= zip(scenes, all_at_once(server, list(scenes.values()), REQUESTS, folder), strict=True)
    return found


@pytest.mark.parametrize("scene", [*AT_A_DISTANCE, TREMBLES, TOGETHER])
def test_a_paced_client(took: dict[str, Took], figures: Figures, scene: str) -> None:
    over = _told(figures, scene, took[scene])
    assert took[scene].refused == 0
    assert over <= (TREMBLING if scene == TREMBLES else ALLOWED)


@pytest.mark.parametrize("scene", [SPACED, BARE])
def test_what_others_take(took: dict[str, Took], figures: Figures, scene: str) -> None:
    """The guide's spacing, refused where anything trembles; and one connection without a pace."""
    _told(figures, scene, took[scene])


def _told(figures: Figures, name: str, took: Took) -> float:
    """By how much it was longer than the least."""
    scene = SCENES[name]
    latency = 0.0 if scene.spread else scene.latency  # some answers come at once
    over = took.seconds / optimum(REQUESTS, scene.threads * scene.processes, latency)
    note = f"{100 * (over - 1):+.2f} % over the least, {took.refused} x 429"
    figures.add(f"{REQUESTS} reads, {name}", took.seconds, "s", note)
    return over
