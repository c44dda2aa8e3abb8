"""Callers on virtual time: the same to the byte, never more than the policy, and what the client's pace is worth."""

import io
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from athena_fhir_load.simulate.log import RECORD
from athena_fhir_load.simulate.outcome import jain
from athena_fhir_load.simulate.scene import DAY, Behaviour, Crowd, Job, Network, Office, Regular, Scene
from athena_fhir_load.simulate.studies.week import scene as week
from athena_fhir_load.simulate.told import by_headers, telling
from athena_fhir_load.simulate.world import simulated
from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Limiter, QuotaKey, policy_named

TWO_SECONDS = 2_000_000_000

MIXED = Scene(
    "mixed",
    (
        Crowd("paced", Job(60), 2),
        Crowd("strangers", Job(60), 1, processes=3, shares_pace=False),
        Crowd("greedy", Job(60), 2, Behaviour.GREEDY, client="paced"),
        Crowd("obedient", Regular(30, every=20, spread=5), 2, Behaviour.OBEDIENT),
        Crowd("backoff", Job(40), 1, Behaviour.BACKOFF),
        Crowd("spaced", Job(40), 1, Behaviour.SPACED),
        Crowd("adaptive", Job(40), 1, Behaviour.ADAPTIVE, processes=2, shares_pace=False),
    ),
    seconds=60,
)


def logged(scene: Scene) -> bytes:
    log = io.BytesIO()
    simulated(scene, log)
    return log.getvalue()


def test_the_same_seed_decides_the_same_to_the_byte() -> None:
    first, second = logged(MIXED), logged(MIXED)
    assert first == second
    assert len(first) > 500 * RECORD.size
    assert simulated(week(seed=7, scale=0.002)) == simulated(week(seed=7, scale=0.002))


def test_another_seed_decides_otherwise() -> None:
    assert simulated(week(1, 0.001)).log != simulated(week(2, 0.001)).log


def test_no_quota_is_exceeded_and_none_is_refused_that_had_room() -> None:
    """By counting, from the log alone."""
    admitted: dict[int, list[int]] = defaultdict(list)
    last = refused = 0
    for instant, quota, allowed in RECORD.iter_unpack(logged(MIXED)):
        assert instant >= last
        last = instant
        lately = sum(each > instant - TWO_SECONDS for each in admitted[quota])
        assert (lately < 16) is allowed
        refused += not allowed
        if allowed:
            admitted[quota].append(instant)
    assert refused > 50
    assert sum(map(len, admitted.values())) > 500


@pytest.mark.parametrize("latency", [0.001, 0.1])
def test_the_pace_is_never_refused_and_loses_little(latency: float) -> None:
    network = Network(least=latency / 2, jitter=latency / 10)
    crowd = simulated(Scene("job", (Crowd("job", Job(320)),), network=network)).crowds[0]
    assert (crowd.admitted, crowd.refused, crowd.unserved) == (320, 0, 0)
    assert 38.0 <= crowd.seconds <= 38.0 * 1.03 + 2 * latency


def test_a_day_that_is_spent_waits_for_midnight(tmp_path: Path) -> None:
    policy = tmp_path / "small.toml"
    policy.write_text(
        '[[limits]]\nkind = "sliding-window"\nname = "burst"\nquota = 16\nwindow = 2\n'
        '[[limits]]\nkind = "fixed-window"\nname = "daily"\nquota = 100\nwindow = 86400\n'
    )
    crowd = simulated(Scene("job", (Crowd("job", Job(150, at=3600.0)),), policy=str(policy))).crowds[0]
    assert (crowd.admitted, crowd.refused) == (150, 0)
    assert DAY < crowd.seconds < DAY + 10
    assert crowd.admitted_by_hour[1] == 100
    assert crowd.admitted_by_hour[24] == 50


def test_who_shares_a_quota_without_sharing_the_pace_is_refused() -> None:
    found = {
        shared: simulated(
            Scene("share", (Crowd("processes", Job(200), processes=4, shares_pace=shared),), 40.0)
        ).crowds[0]
        for shared in (True, False)
    }
    assert found[True].refused == 0
    assert found[False].refused > 20
    assert found[True].admitted >= found[False].admitted


def test_a_greedy_caller_costs_others_nothing_on_a_quota_of_its_own() -> None:
    polite = Crowd("polite", Job(100))
    alone = simulated(Scene("alone", (polite,)))
    beside = simulated(Scene("beside", (polite, Crowd("greedy", Job(400), 1, Behaviour.GREEDY)), 60.0))
    assert beside.crowds[1].refused > 100
    assert (beside.crowds[0].admitted, beside.crowds[0].refused) == (100, 0)
    assert beside.crowds[0].seconds == pytest.approx(alone.crowds[0].seconds, abs=0.1)


def test_who_waits_as_told_is_refused_once_for_each_request_that_was_too_many() -> None:
    told = simulated(Scene("job", (Crowd("job", Job(24), 1, Behaviour.OBEDIENT, workers=24),))).crowds[0]
    greedy = simulated(Scene("job", (Crowd("job", Job(24), 1, Behaviour.GREEDY, workers=24),))).crowds[0]
    assert (told.refused, greedy.refused) == (8, 8 * 2)


def test_steps_follow_each_other_with_their_pauses() -> None:
    steps = Crowd("bulk", Job(4), pauses=(60.0, 60.0, 0.0))
    crowd = simulated(Scene("bulk", (steps,), network=Network(0.01, 0.0, 0.0))).crowds[0]
    assert crowd.seconds == pytest.approx(120 + 4 * 0.02)


def test_people_open_charts_when_they_work() -> None:
    crowd = simulated(Scene("office", (Crowd("people", Office(1, 100), 20),), 7 * DAY)).crowds[0]
    days = [sum(crowd.admitted_by_hour[24 * day : 24 * day + 24]) for day in range(7)]
    assert all(1800 < day < 2200 for day in days[:5])
    assert all(200 < day < 400 for day in days[5:])


@pytest.mark.parametrize("name", ["mission", "sliding-1s", "token-bucket", "fixed-window", "mission+charge-denied"])
def test_what_is_told_is_what_the_header_fields_tell(name: str) -> None:
    """But for the reset, which is read only where no ``Retry-After`` is told."""
    policy = policy_named(name)
    clock = ManualClock(1_767_571_200_000_000_000)
    limiter, tell, key = Limiter(policy, clock), telling(policy), QuotaKey("production", "client", "one")
    statuses = set()
    for step in range(60):
        clock.advance(37_000_003 * (step % 5))
        decision = limiter.hit(key)
        statuses.add(decision.allowed)
        direct, read = tell(decision), by_headers(decision)
        assert (direct.limits, direct.per_day, direct.decided) == (read.limits, read.per_day, read.decided)
        assert dict(direct.remaining) == dict(read.remaining)
        assert (direct.retry_after, direct.spent_today) == (read.retry_after, read.spent_today)
    assert statuses == {True, False}


@pytest.mark.parametrize("name", ["athena-prod", "lockout", "off"])
def test_policies_that_tell_less_are_told_by_their_header_fields(name: str) -> None:
    crowd = simulated(Scene("job", (Crowd("job", Job(40)),), policy=name)).crowds[0]
    assert crowd.admitted == 40


def test_fairness_is_one_for_equals_and_a_share_for_one_alone() -> None:
    assert [jain([5, 5, 5]), jain([9, 0, 0]), jain([0, 0])] == [1.0, pytest.approx(1 / 3), 1.0]
    assert all(low < high for low, high in pairwise([jain([1, 9]), jain([3, 7]), jain([5, 5])]))


def test_a_crowd_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match=r"crowd 'x': callers must be 1 or more, not 0"):
        Crowd("x", Job(1), callers=0)
    with pytest.raises(ValueError, match=r"spends the quotas of 'y'; expected one of x"):
        simulated(Scene("s", (Crowd("x", Job(1), client="y"),)))
