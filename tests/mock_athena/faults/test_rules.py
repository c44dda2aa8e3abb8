"""Rules: which requests are struck, how often and when; always the same ones."""

from threading import Barrier, Thread
from typing import Any

import pytest

from mock_athena.clock import NANOSECONDS
from mock_athena.faults import Faults
from mock_athena.faults.rules import ArmedRule, Facts, Match, Rule
from mock_athena.faults.scenarios import rule

START = 1_767_225_600 * NANOSECONDS
FACTS = Facts("GET", "/fhir/r4/Patient/1", "fhir", "production", "mock-client", 200)


def armed(number: int = 1, **keys: Any) -> ArmedRule:
    return ArmedRule(number, rule({"kind": "status", **keys}), START)


def struck(rule: ArmedRule, requests: int, facts: Facts = FACTS, after: float = 0) -> list[int]:
    now = START + round(after * NANOSECONDS)
    return [n for n in range(1, requests + 1) if rule.meets(facts, now)]


@pytest.mark.parametrize(
    ("match", "holds"),
    [
        ({}, True),
        ({"method": "GET"}, True),
        ({"method": "POST"}, False),
        ({"path": "/fhir/r4/Patient/*"}, True),
        ({"path": "*/Patient/1"}, True),
        ({"path": "/fhir/r4/patient/*"}, False),
        ({"path": "/fhir/r4/Patient"}, False),
        ({"route": "fhir"}, True),
        ({"route": "bulk"}, False),
        ({"environment": "production"}, True),
        ({"environment": "sandbox"}, False),
        ({"client": "mock-client"}, True),
        ({"client": "mock"}, False),
        ({"status": "200"}, True),
        ({"status": "2xx"}, True),
        ({"status": "429"}, False),
        ({"method": "GET", "client": "other"}, False),
    ],
)
def test_a_rule_is_about_the_requests_that_match(match: dict[str, str], holds: bool) -> None:
    assert Match(**match).holds(FACTS) is holds
    assert bool(struck(armed(match=match), 1)) is holds


@pytest.mark.parametrize(
    ("keys", "which"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"nth": 3}, [3]),
        ({"every": 3}, [3, 6]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"probability": 0}, []),
    ],
)
def test_which_of_those_are_struck(keys: dict[str, Any], which: list[int]) -> None:
    assert struck(armed(**keys), 7) == which


def test_what_does_not_match_is_not_counted() -> None:
    rule = armed(nth=2, match={"method": "GET"})
    assert not rule.meets(FACTS, START)
    assert not rule.meets(FACTS._replace(method="POST"), START)
    assert rule.meets(FACTS, START)
    assert (rule.matched, rule.struck) == (2, 1)


def test_a_share_is_drawn_with_a_seed_and_is_the_same_in_every_run() -> None:
    drawn = struck(armed(probability=0.3), 10_000)
    assert len(drawn) == pytest.approx(3000, abs=200)
    assert drawn == struck(armed(probability=0.3), 10_000)
    assert drawn != struck(armed(2, probability=0.3), 10_000)
    seeded = ArmedRule(1, rule({"kind": "status", "probability": 0.3}, seed=5), START)
    assert drawn != struck(seeded, 10_000)


@pytest.mark.parametrize(
    ("after", "in_time"), [(0, False), (9.999999999, False), (10, True), (59.999, True), (60, False), (3600, False)]
)
def test_a_window_of_time_is_half_open(after: float, in_time: bool) -> None:
    assert bool(struck(armed(start=10, stop=60), 1, after=after)) is in_time


def test_a_strike_knows_how_many_came_before_and_since_when() -> None:
    rule = armed()
    first, second = rule.meets(FACTS, START + 5), rule.meets(FACTS, START + 12)
    assert first is not None
    assert second is not None
    assert (first.number, first.since, second.number, second.since) == (1, 0, 2, 7)
    assert first.random.random() != second.random.random()


def test_faults_strike_in_the_order_in_which_they_were_armed_and_can_be_disarmed() -> None:
    faults = Faults()
    assert faults.quiet
    made = faults.arm([rule({"kind": "status"}), rule({"kind": "latency"})], START)
    assert [strike.rule.kind for strike in faults.strikes("admitted", FACTS, START)] == ["status"]
    assert [strike.rule.kind for strike in faults.strikes("arrival", FACTS, START)] == ["latency"]
    assert faults.disarm(made[0].number)
    assert not faults.disarm(made[0].number)
    assert [each.rule.kind for each in faults.armed] == ["latency"]
    assert faults.disarm()
    assert faults.quiet


def test_reset_brings_back_what_was_armed_at_the_start_and_draws_the_same() -> None:
    faults = Faults()
    faults.arm_at_start([rule({"kind": "status", "probability": 0.5})], START)

    def drawn() -> list[bool]:
        return [bool(faults.strikes("admitted", FACTS, START)) for _ in range(50)]

    first = drawn()
    faults.arm([rule({"kind": "latency"})], START)
    faults.reset(START)
    assert [each.rule.kind for each in faults.armed] == ["status"]
    assert faults.armed[0].matched == 0
    assert drawn() == first


def test_threads_do_not_share_a_strike() -> None:
    rule, barrier, counted = armed(times=100), Barrier(8), []

    def work() -> None:
        barrier.wait()
        counted.append(sum(1 for _ in range(100) if rule.meets(FACTS, START)))

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(counted), rule.struck, rule.spent) == (100, 100, True)


def test_a_rule_has_defaults_that_strike_always() -> None:
    made = rule({"kind": "status"})
    assert made == Rule("status", made.fault, "admitted")
