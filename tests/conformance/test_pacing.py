"""The suite's own pace: never faster than the quota, and no slower than it must be."""

import itertools
import random

import pytest

from athena_fhir_conformance.clock import MovedTime
from athena_fhir_conformance.pacing import Pacer, Quota, Told, declared

HUGE, ENDLESS = f'"x";q={10**17};w=1', f'"x";q={"9" * 5000};w=1'


class Time(MovedTime):
    def __init__(self) -> None:
        instants = itertools.accumulate(itertools.repeat(0.0))
        next(instants)
        self._now = 1000.0
        super().__init__(self._now, self._moved)

    def _moved(self, by: float) -> float:
        self._now += by
        return self._now


def sent(pacer: Pacer, clock: Time, number: int, takes: float = 0.0, policy: str = "") -> list[float]:
    instants = []
    for _ in range(number):
        pacer.wait()
        instants.append(clock.now())
        clock.sleep(takes)
        pacer.answered(Told(policy), instants[-1])
    return instants


@pytest.mark.parametrize("takes", [0.0, 0.01, 0.2])
def test_no_window_holds_more_than_the_quota(takes: float) -> None:
    clock = Time()
    instants = sent(Pacer(clock), clock, 200, takes)
    assert all(late - early > 2.0 for early, late in zip(instants, instants[16:], strict=False))


def test_it_is_as_fast_as_the_quota_allows() -> None:
    clock = Time()
    instants = sent(Pacer(clock), clock, 1000)
    optimum = 2.0 * ((1000 - 1) // 16)
    assert instants[-1] - instants[0] <= optimum * 1.1


def test_what_the_target_declares_is_learned() -> None:
    clock = Time()
    pacer = Pacer(clock)
    policy = '"burst";q=4;w=1, "daily";q=100000;w=86400'
    pacer.answered(Told(policy), clock.now())
    assert pacer.quotas == (Quota(4, 1.0),)
    instants = sent(pacer, clock, 20, policy=policy)
    assert all(late - early > 1.0 for early, late in zip(instants, instants[4:], strict=False))


def test_what_has_no_policy_costs_nothing_once_one_was_told() -> None:
    clock = Time()
    pacer = Pacer(clock)
    pacer.answered(Told('"burst";q=4;w=1'), clock.now())
    for _ in range(50):
        pacer.wait()
        pacer.answered(Told(), clock.now())
    assert pacer.waited == 0


class Counted:
    """A window that slides, and tells what is left of it."""

    def __init__(self, clock: Time) -> None:
        self.clock, self.admitted = clock, list[float]()

    def left(self) -> str:
        self.admitted = [each for each in self.admitted if each > self.clock.now() - 2.0] + [self.clock.now()]
        assert len(self.admitted) <= 16
        return f'"burst";r={16 - len(self.admitted)};t=1, "daily";r=7;t=9'


@pytest.mark.parametrize("takes", [0.0, 0.03])
def test_what_is_charged_to_others_is_not_paced(takes: float) -> None:
    clock = Time()
    pacer, ours, theirs, policy = Pacer(clock), Counted(clock), Counted(clock), '"burst";q=16;w=2, "daily";q=9;w=86400'
    began = clock.now()
    for number in range(320):
        pacer.wait()
        sent_at, foreign = clock.now(), number % 5 == 4
        clock.sleep(takes / 2)
        left = (theirs if foreign else ours).left()
        clock.sleep(takes / 2)
        pacer.answered(Told(policy, left, not foreign), sent_at)
    assert 30.0 <= clock.now() - began < 33.0, "256 at the expense of the quota; all 320 would take 38 s"


def test_other_tokens_of_our_client_are_paced_as_ours() -> None:
    clock = Time()
    pacer, counted, drawn = Pacer(clock), Counted(clock), random.Random(5)  # noqa: S311 - no secret
    for number in range(500):
        pacer.wait()
        pacer.answered(Told('"burst";q=16;w=2', counted.left(), drawn.random() < 0.5), clock.now())
        clock.sleep(drawn.choice((0.0, 0.0, 0.1, 1.0)) * (number % 3 == 0))


@pytest.mark.parametrize(
    "text", ["", "junk", '"x";q=a;w=1', '"x";q=0;w=1', '"x";q=5', '"x";q=5;w=-1', '"x";q=5;w=nan', HUGE, ENDLESS]
)
def test_what_is_no_policy_is_not(text: str) -> None:
    assert declared(text) == ()
