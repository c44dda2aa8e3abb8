"""How far nodes go: the simulation says what the calculation says, as far as that goes."""

import pytest

from athena_fhir_load.nodes import Costs, most, simulated

COSTS = Costs(node=0.0010, database=0.0004, counters=0.00005, asks=3, network=0.0002)


@pytest.mark.parametrize(("nodes", "processors"), [(1, 2), (4, 2), (16, 2), (200, 40)])
def test_more_than_the_bound_is_never_answered_and_nearly_as_much_is(nodes: int, processors: int) -> None:
    bound = most(COSTS, nodes, processors)
    figures = simulated(COSTS, 1.5 * bound, nodes, processors, requests=4000)
    assert 0.85 * bound < figures.throughput <= 1.001 * bound
    assert 0.85 < max(figures.busy) <= 1.001


def test_who_is_alone_waits_for_the_work_and_the_way() -> None:
    figures = simulated(COSTS, 1.0, 1, 1, requests=500)
    least = COSTS.node + COSTS.database + COSTS.counters + 4 * COSTS.network
    assert figures.p50 == pytest.approx(least, rel=0.01)


def test_the_same_seed_says_the_same() -> None:
    one, same, other = (simulated(COSTS, 900.0, 2, 2, requests=500, seed=seed) for seed in (1, 1, 2))
    assert one == same != other
