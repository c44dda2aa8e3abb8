"""Ten thousand paced requests on virtual time: none is refused, and hardly a moment is lost.

The client's own functions against the emulator's own limiter (:mod:`athena_fhir_load.pacing`).
"""

import itertools
import random
from collections.abc import Callable

import pytest

from athena_fhir_client.pace.state import Pace
from athena_fhir_client.pace.strategies import Strategy, adapted
from athena_fhir_load.pacing import Headers, Network, Run, run
from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Limiter, QuotaKey, policy_named
from mock_athena.ratelimit.headers import decision_headers

SOURCES = {
    "decided": ("X-Mock-Decided-At", "Server-Timing"),
    "server-timing": ("Server-Timing",),
    "round-trip": (),
}


def server(policy: str, source: str) -> Callable[[float], tuple[bool, Headers]]:
    """A limiter that answers with the header fields of a source."""
    clock = ManualClock(1_600_000_000_000_000_000)
    limiter = Limiter(policy_named(policy), clock)
    key = QuotaKey("production", "client", "soak")
    withheld = {"X-Mock-Decided-At", "Server-Timing"} - set(SOURCES[source])

    def hit(now: float) -> tuple[bool, Headers]:
        clock.advance_to(max(clock.now(), round(now * 1e9)))
        decision = limiter.hit(key)
        headers = {"Server-Timing": "", **dict(decision_headers(decision))}
        return decision.allowed, {name: value for name, value in headers.items() if name not in withheld}

    return hit


def soak(requests: int, source: str, workers: int, service: tuple[float, float], policy: str = "mission") -> Run:
    chance = random.Random(f"{source} {workers} {service}")  # noqa: S311 - the same in every run
    network = Network(
        there=lambda: chance.uniform(0.0003, 0.0009),
        service=lambda: chance.uniform(*service),
        back=lambda: chance.uniform(0.0003, 0.0009),
    )
    return run(server(policy, source), requests, workers=workers, network=network)


@pytest.mark.requirement("RLM-025")
@pytest.mark.parametrize(("source", "requests"), [("decided", 10_000), ("server-timing", 1_600), ("round-trip", 1_600)])
def test_ten_thousand_requests_are_refused_not_once(source: str, requests: int) -> None:
    found = soak(requests, source, 8, (0.02, 0.08))
    optimum = 2.0 * ((requests - 1) // 16)
    assert (found.refused, found.sent) == (0, requests)
    assert found.seconds <= (1.02 if source != "round-trip" else 1.04) * optimum


@pytest.mark.parametrize(
    ("source", "workers", "latency", "optimum", "over"),
    [
        ("decided", 8, (0.0, 0.0), 48.0, 1.01),
        ("decided", 8, (0.05, 0.05), 48.1, 1.01),
        ("decided", 8, (0.2, 0.2), 48.4, 1.01),
        ("decided", 8, (0.2, 0.25), 48.4, 1.015),
        ("decided", 8, (0.0, 0.2), 48.0, 1.03),
        ("decided", 1, (0.05, 0.05), 48.8, 1.01),
        ("server-timing", 8, (0.0, 0.2), 48.0, 1.03),
        ("server-timing", 1, (0.2, 0.2), 80.0, 1.01),
        ("round-trip", 8, (0.05, 0.05), 48.1, 1.01),
        ("round-trip", 8, (0.2, 0.2), 48.4, 1.01),
    ],
)
def test_four_hundred_requests_take_hardly_longer_than_they_must(
    source: str, workers: int, latency: tuple[float, float], optimum: float, over: float
) -> None:
    found = soak(400, source, workers, latency)
    assert found.refused == 0
    assert found.seconds <= over * optimum


def test_what_is_held_back_before_it_is_counted_is_not_refused() -> None:
    """Of a way there that takes 0 to 200 ms the least is soon a few, and some day a request takes none of them."""
    for seed in (37, 61, 76, 107):
        found = run(server("mission", "decided"), 400, workers=8, network=trembling(seed, 0.0, 0.2))
        assert found.refused == 0, seed
        assert found.seconds <= 1.08 * 48.2


@pytest.mark.parametrize("step", [3600.0, -3600.0, 0.05, -0.05])
def test_a_servers_clock_that_is_set_refuses_and_delays_nothing(step: float) -> None:
    """It counts by another clock than it tells, as servers do that use a monotonic one."""
    hit, sets = server("mission", "decided"), 1_700_000_110.0

    def told(now: float) -> tuple[bool, Headers]:
        allowed, headers = hit(now)
        decided = float(headers["X-Mock-Decided-At"].partition(";")[0])
        return allowed, {**headers, "X-Mock-Decided-At": f"{decided + step * (now > sets):.6f}"}

    found = run(told, 200, workers=8, network=trembling(1, 0.1, 0.3))
    assert found.refused == 0
    assert found.seconds <= 1.15 * 24.0


def trembling(seed: int, least: float, most: float) -> Network:
    """A way there that takes so many seconds."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    return Network(there=lambda: chance.uniform(least, most))


@pytest.mark.parametrize("policy", ["token-bucket", "fixed-window", "sliding-1s", "athena-preview"])
def test_other_readings_of_the_limit_refuse_nothing_either(policy: str) -> None:
    assert soak(200, "decided", 8, (0.02, 0.08), policy).refused == 0


def test_the_guides_spacing_is_refused_where_the_network_trembles() -> None:
    chance = random.Random(7)  # noqa: S311 - the same in every run
    network = Network(there=lambda: chance.uniform(0.0, 0.02))
    spaced = run(server("mission", "decided"), 400, workers=8, network=network, strategy=Strategy.SPACED)
    paced = run(server("mission", "decided"), 400, workers=8, network=network)
    assert spaced.refused >= 10
    assert paced.refused == 0
    assert paced.seconds < 1.02 * 48.0


def test_whoever_only_backs_off_is_refused_again_and_again() -> None:
    found = run(server("mission", "decided"), 100, workers=8, strategy=Strategy.BACKOFF)
    assert found.refused > 20


def test_adaptive_finds_the_pace_without_knowing_the_window() -> None:
    adaptive = run(server("mission", "round-trip"), 800, workers=8, strategy=Strategy.ADAPTIVE)
    backoff = run(server("mission", "round-trip"), 800, workers=8, strategy=Strategy.BACKOFF)
    assert adaptive.sent - adaptive.refused == 800
    assert adaptive.refused <= 0.02 * adaptive.sent < backoff.refused
    assert adaptive.seconds <= 1.05 * 2.0 * (799 // 16)


def test_adaptive_takes_half_after_a_refusal_and_comes_back() -> None:
    pace = Pace(at_most=16.0)
    assert adapted(pace, 429).at_most == 8.0
    assert adapted(Pace(at_most=1.0), 429).at_most == 1.0  # and never stops
    pace = adapted(pace, 429)
    for _ in range(200):
        pace = adapted(pace, 200)
    assert pace.at_most == 16.0  # and never more than the largest window


def test_adaptive_machines_that_share_a_quota_let_each_other_live() -> None:
    """The half that others take, they take; and hardly one is refused."""
    shared = server("mission", "round-trip")
    taken = itertools.count()

    def hit(now: float) -> tuple[bool, Headers]:
        if next(taken) % 2:
            shared(now)  # another machine, as busy as this one
        return shared(now)

    found = run(hit, 200, workers=4, strategy=Strategy.ADAPTIVE)
    assert found.sent - found.refused == 200
    assert found.refused < 0.1 * found.sent
