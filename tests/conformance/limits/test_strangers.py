"""Servers that are not ours: what is said of them is right, or honestly unsure; it is never wrong and sure of it."""

import tomllib
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from athena_fhir_conformance.limits.conclusion import conclude
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.reporting import as_json, as_toml, lines
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.limits import FixedWindow, SlidingWindow
from mock_athena.ratelimit.policy_files import parse_policy
from tests.conformance.limits.encounters import KINDS, drawn, judged, met
from tests.conformance.limits.model import BEGIN, LimiterProber
from tests.conformance.limits.strangers import (
    FromFirst,
    FromStart,
    LeakyBucket,
    MovingWindow,
    Open,
    Stranger,
    TwoCounters,
    probed,
    retry_date,
    silent,
)

_LONG, _WRONG = 900, 9
_ODD = {"two windows", "luck", "off"}
_RIGHT = 0.65  # of those that are of a family; the rest has odd windows, clocks that are off, or is slow


def log() -> MovingWindow:
    return MovingWindow(10, 5)


KNOWN: dict[str, tuple[Callable[[], Stranger], tuple[str, int, float]]] = {
    "a log that says nothing": (lambda: Stranger(log), ("sliding-window", 10, 5)),
    "403 rather than 429": (lambda: Stranger(log, silent(403)), ("sliding-window", 10, 5)),
    "503 rather than 429": (lambda: Stranger(log, silent(503)), ("sliding-window", 10, 5)),
    "two units for each request": (lambda: Stranger(log, cost=2), ("sliding-window", 5, 5)),
    "a window from the first request": (lambda: Stranger(lambda: FromFirst(10, 10)), ("opened-window", 10, 10)),
    "a timer of its own": (lambda: Stranger(lambda: FromStart(10, 10, BEGIN + 3.7)), ("shifted-window", 10, 10)),
    "the counter of two windows": (lambda: Stranger(lambda: TwoCounters(10, 10)), ("sliding-counter", 10, 10)),
    "nginx": (lambda: Stranger(lambda: LeakyBucket(5, 10), silent(503)), ("token-bucket", 11, 2.2)),
}


def shapes(found: Findings) -> list[tuple[str, int, float]]:
    return [(limit.kind, limit.quota, limit.window) for limit in conclude(found).limits]


@cache
def found_of(name: str) -> Findings:
    return probed(KNOWN[name][0]())


def test_families_of_others_are_named() -> None:
    found = {name: found_of(name) for name in KNOWN}
    assert {name: (shapes(each), conclude(each).confidence >= 0.9) for name, each in found.items()} == {
        name: ([shape], True) for name, (_, shape) in KNOWN.items()
    }


def test_whose_quota_it_is_is_found() -> None:
    assert probed(Stranger(log, key="address")).per == "address"


def test_several_processes_that_count_apart_are_told() -> None:
    found = probed(Stranger(log, workers=4))
    report = as_json(found, "")
    assert (report["several_counters"], report["policy"], shapes(found)) == (True, None, [("sliding-window", 10, 5)])
    assert any("over all connections" in line for line in lines(found))


def test_processes_that_take_turns_are_suspected() -> None:
    """No connection is kept, so that each request may meet another process."""

    class Balanced(Stranger):
        def decide(
            self, prober: LimiterProber, sent: float, trip: float, after: float, *, keeps: bool = False
        ) -> Observation:
            prober.connection = self.random.randrange(2)
            return super().decide(prober, sent, trip, after, keeps=keeps)

    report = as_json(probed(Balanced(log, workers=2)), "")
    assert (report["policy"], report["alternates"], report["confidence"] < 0.9) == (None, True, True), report


def test_faults_are_no_refusals() -> None:
    stranger = Stranger(log, fault=lambda number: (503, {}, "") if number % 7 == 3 else None)
    assert shapes(probed(stranger)) == [("sliding-window", 10, 5)]


def test_who_has_no_limit_and_fails_at_times_is_not_called_unlimited_for_sure() -> None:
    found = probed(Stranger(Open, fault=lambda number: (403, {}, "") if number % 20 == 3 else None))
    assert (shapes(found), conclude(found).confidence < 0.9) == ([], True)


def test_what_the_emulator_has_not_is_written_as_what_is_nearest() -> None:
    written = {}
    for name in ("a window from the first request", "a timer of its own", "the counter of two windows", "nginx"):
        text = as_toml(found_of(name))
        (limit,) = parse_policy(tomllib.loads(text), "limits.toml").limits
        written[name] = type(limit), limit.quota, limit.window, "; " in text or "whole ones" in text
    assert written == {
        "a window from the first request": (SlidingWindow, 10, 10, True),
        "a timer of its own": (FixedWindow, 10, 10, True),
        "the counter of two windows": (SlidingWindow, 10, 10, True),
        "nginx": (TokenBucket, 11, 3, True),
    }


@pytest.mark.parametrize("status", [401, 403, 503])
def test_who_answers_nothing_else_is_of_no_use(status: int) -> None:
    found = probed(Stranger(Open, fault=lambda _number: (status, {}, "")))
    assert (str(status) in found.problem, found.probes < 10, conclude(found).policy) == (True, True, None)


def test_a_date_to_retry_after_is_read() -> None:
    found = probed(Stranger(log, retry_date)).honesty
    assert found is not None
    assert (found.retry_after.true, found.retry_after.form) == (True, "date")


def test_nobody_who_is_of_no_family_is_named() -> None:
    """The first of each kind that has no name above."""
    found = {seed: judged(drawn(seed), met(drawn(seed))) for seed in range(len(KINDS)) if drawn(seed).kind in _ODD}
    assert (len(found), "wrong" in found.values()) == (len(_ODD), False), found


@pytest.mark.long
def test_of_nine_hundred_hardly_anybody_is_misjudged() -> None:
    judgements: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for encounter in map(drawn, range(_LONG)):
        judgement = judged(encounter, met(encounter))
        judgements[encounter.kind, judgement] += 1
        wrong += [encounter.described] if judgement == "wrong" else []
    assert len(wrong) <= _WRONG, wrong
    families = set(KINDS) - _ODD
    right = sum(judgements[kind, "right"] for kind in families)
    assert right >= _RIGHT * sum(judgements[kind, each] for kind in families for each in ("right", "unsure", "wrong"))
