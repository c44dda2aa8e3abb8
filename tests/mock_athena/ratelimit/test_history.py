"""The checker finds nothing in what the limiter did, and everything in what was made wrong."""

import json
import random
from collections.abc import Callable

import pytest

from mock_athena.clock import ManualClock, unix_text
from mock_athena.errors import DataError
from mock_athena.ratelimit import POLICIES, Decision, Limiter, Policy, policy_named
from mock_athena.ratelimit.headers import limit_headers
from mock_athena.ratelimit.history import Judged, Verdict, read_history, report, verify
from mock_athena.ratelimit.limits import SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout
from tests.mock_athena.ratelimit.conftest import MIDNIGHT
from tests.mock_athena.ratelimit.keys import ONE, TWO

SECOND = 10**9
CHARGING = [policy_named(f"{name}+charge-denied") for name in ("mission", "token-bucket", "gcra", "fixed-window")]
NARROW = Policy("narrow", (Concurrency("in-flight", 3, lease=20), SlidingWindow("burst", 16, 2)))
BOXED = Policy("boxed", (SlidingWindow("second", 2, 1), Lockout("box", 3, 5, 20)))
JUDGEABLE = [policy for name, policy in POLICIES.items() if name != "off"] + [*CHARGING, NARROW, BOXED]


def history(policy: Policy, decisions: int = 800) -> list[Judged]:
    clock, chance = ManualClock(MIDNIGHT), random.Random(3)  # noqa: S311 - chance that can be repeated
    limiter = Limiter(policy, clock)
    judged: list[Judged] = []
    flying: dict[int, Decision] = {}
    for number in range(decisions):
        clock.advance(chance.choice((0, 0, 0, 0, 1, SECOND // 8, SECOND)))
        while policy.in_flight and flying and chance.random() < 0.4:
            over = flying.pop(chance.choice(list(flying)))
            judged[over.seq - 1] = judged[over.seq - 1]._replace(over=limiter.release(over))
        cost = chance.choice((1, 1, 1, 2))
        made = limiter.hit(chance.choice((ONE, TWO)), cost)
        told = {name.lower(): value for name, value in limit_headers(made)}
        judged.append(Judged(made.seq, made.instant, str(made.key), made.allowed, cost, told))
        if made.allowed and number % 50:  # now and then one is never reported as over
            flying[made.seq] = made
    return judged


def kinds(verdict: Verdict) -> set[str]:
    return {violation.kind for violation in verdict.violations}


@pytest.mark.parametrize("policy", JUDGEABLE, ids=lambda policy: policy.name)
def test_nothing_is_wrong_with_what_the_limiter_does(policy: Policy) -> None:
    verdict = verify(history(policy), policy)
    assert verdict.violations == []
    assert verdict.admitted
    assert verdict.refused or policy.name in ("athena", "athena-prod", "concurrency")


def changed(told: list[Judged], allowed: bool, change: Callable[[Judged], Judged]) -> list[Judged]:
    """One decision in the middle is another than it was."""
    at = next(at for at in range(400, 800) if told[at].allowed is allowed and told[at].told)
    return [*told[:at], change(told[at]), *told[at + 1 :]]


def retold(name: str, by: int) -> Callable[[Judged], Judged]:
    def change(judged: Judged) -> Judged:
        return judged._replace(told={**judged.told, name: str(int(judged.told[name]) + by)})

    return change


@pytest.mark.parametrize(
    ("allowed", "change", "kind"),
    [
        (False, lambda judged: judged._replace(allowed=True), "over-admission"),
        (False, retold("retry-after", -1), "early-retry-after"),
        (False, lambda judged: judged._replace(told={**judged.told, "retry-after": "0.5"}), "early-retry-after"),
        (True, retold("x-ratelimit-remaining", 1), "dishonest-remaining"),
        (True, retold("x-ratelimit-remaining", -1), "dishonest-remaining"),
        (True, retold("x-ratelimit-limit", 1), "dishonest-remaining"),
        (True, retold("x-ratelimit-reset", -1), "dishonest-reset"),
        (False, retold("x-ratelimit-reset", 1), "dishonest-reset"),
        (True, lambda judged: judged._replace(instant=judged.instant - 60 * SECOND), "instant-went-back"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(allowed: bool, change: Callable[[Judged], Judged], kind: str) -> None:
    mission = policy_named("mission")
    assert kind in kinds(verify(changed(history(mission), allowed, change), mission))


def test_a_refusal_though_there_is_room_is_found() -> None:
    told = [Judged(number, MIDNIGHT, "one", number < 16) for number in range(1, 17)]
    assert kinds(verify(told, policy_named("mission"))) == {"under-admission"}
    assert verify(told, policy_named("mission"), whole=False) == Verdict(15, 1, 1, [])
    late = [*told[:15], told[15]._replace(instant=MIDNIGHT + 86_400 * SECOND)]
    assert kinds(verify(late, policy_named("mission"), whole=False)) == {"under-admission"}


@pytest.mark.parametrize(
    ("policy", "judge"), [("fixed-window", "mission"), ("token-bucket", "mission"), ("mission", "sliding-1s")]
)
def test_another_policy_is_found_out(policy: str, judge: str) -> None:
    assert "over-admission" in kinds(verify(history(policy_named(policy)), policy_named(judge)))


def test_without_numbers_any_order_within_an_instant_will_do() -> None:
    told = [judged._replace(seq=0) for judged in history(policy_named("mission"))]
    random.Random(5).shuffle(told)  # noqa: S311 - chance that can be repeated
    untold = [judged._replace(told={}, cost=1) for judged in told]
    one_unit = [judged for judged in untold if judged.allowed][:200]
    assert "over-admission" not in kinds(verify(one_unit, policy_named("mission")))


def test_a_lock_out_is_judged() -> None:
    # A fourth refusal of a caller who was let alone for a minute.
    early = [Judged(number, MIDNIGHT + number, "one", number < 3) for number in range(1, 5)]
    late = Judged(5, MIDNIGHT + 60 * SECOND, "one", False)
    assert kinds(verify([*early, late], BOXED)) == {"under-admission"}
    assert verify([*early, late._replace(instant=MIDNIGHT + 2 * SECOND, allowed=True)], BOXED).violations == []
    third = Judged(5, MIDNIGHT + 5, "one", False)
    freed = Judged(6, MIDNIGHT + 2 * SECOND, "one", True)
    assert kinds(verify([*early, third, freed], BOXED)) == {"over-admission"}
    assert verify([*early, third, freed._replace(instant=MIDNIGHT + 20 * SECOND + 5)], BOXED).violations == []


def flight(*decisions: tuple[bool, int]) -> list[Judged]:
    return [Judged(n, MIDNIGHT, "one", allowed, over=over) for n, (allowed, over) in enumerate(decisions, 1)]


@pytest.mark.parametrize(
    ("decisions", "found"),
    [
        ([(True, 0), (True, 0), (True, 0), (False, 0)], set()),
        ([(True, 0), (True, 0), (True, 0), (True, 0)], {"over-admission"}),
        ([(True, 3), (True, 0), (True, 0), (True, 0)], set()),
        ([(True, 4), (True, 0), (True, 0), (True, 0)], {"over-admission"}),  # it was over after the fourth
        ([(True, 3), (True, 0), (True, 0), (False, 0)], {"under-admission"}),
        ([(True, 4), (True, 0), (True, 0), (False, 0)], set()),
    ],
)
def test_what_is_in_flight_is_judged_by_when_it_was_over(decisions: list[tuple[bool, int]], found: set[str]) -> None:
    assert kinds(verify(flight(*decisions), NARROW)) == found


def test_a_refusal_that_somebody_in_flight_may_have_caused_is_not_judged() -> None:
    told = [judged for judged in flight((True, 0), (True, 0), (True, 0), (False, 0)) if judged.seq != 2]
    assert kinds(verify(told, NARROW)) == {"under-admission"}
    assert verify(told, NARROW, missing=[2]) == Verdict(2, 1, 1, [])
    with pytest.raises(DataError, match="only a journal with numbers"):
        verify([Judged(0, 1, "one", True)], NARROW)


def entry(seq: int, instant: int, verdict: str = "admitted", **more: object) -> dict[str, object]:
    return {"seq": seq, "instant": unix_text(instant), "verdict": verdict, "quota": "one", "cost": 1, **more}


def test_a_journal_is_read_in_both_forms_and_what_was_not_limited_is_left_out() -> None:
    entries = [
        entry(1, MIDNIGHT),
        entry(2, MIDNIGHT, "unlimited"),
        entry(3, MIDNIGHT + 1, "refused", told=[["Retry-After", "2"]]),
        entry(4, MIDNIGHT + 2, told=[["X-Mock-Counters", "lost"]]),
    ]
    whole = json.dumps({"entries": entries, "counters": {}})
    lines = "\n".join(json.dumps(one) for one in entries) + "\n"
    expected = [Judged(1, MIDNIGHT, "one", True), Judged(3, MIDNIGHT + 1, "one", False, 1, {"retry-after": "2"})]
    assert list(read_history(whole, "x")) == list(read_history(lines, "x")) == expected
    text, right = report(whole, "x", policy_named("mission"))
    assert not right
    assert "1 admitted and 1 refused by policy 'mission'" in text
    assert "seq 3 at 1767225600.000000001, one: under-admission: every limit had room" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "neither the answer of /_mock/journal nor one JSON entry"),
        ("[]", "entry 1 is not a JSON object"),
        ('{"entries": [{"seq": 1}]}', "entry 1 is no entry of a journal"),
        ('{"verdict": "admitted", "instant": "soon"}\n{}', "entry 1 is no entry of a journal"),
    ],
)
def test_what_is_no_journal_is_said(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        list(read_history(text, "journal.json"))
