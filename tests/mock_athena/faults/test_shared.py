"""Rules of several processes: here two holders in one folder, each as a process of its own has it."""

from pathlib import Path

import pytest

from mock_athena.faults.catalogue import names, parameters
from mock_athena.faults.rules import Facts, Match, Rule
from mock_athena.faults.scenarios import built, described, load, shipped
from mock_athena.faults.shared import SharedFaults

NOW = 1_767_225_600 * 10**9
READ = Facts("GET", "/fhir/r4/Patient/1", "fhir", "production", "c")


def refusing(**facts: object) -> Rule:
    return Rule("status", built("status", {"status": 503}, ""), "admitted", **facts)  # type: ignore[arg-type]


@pytest.fixture
def both(tmp_path: Path) -> tuple[SharedFaults, SharedFaults]:
    return SharedFaults(tmp_path, (), NOW), SharedFaults(tmp_path, (), NOW)


def test_what_one_arms_strikes_in_the_other_until_one_disarms_it(both: tuple[SharedFaults, SharedFaults]) -> None:
    one, other = both
    assert one.quiet
    one.arm([refusing(), refusing(match=Match(client="nobody"))], NOW)
    assert not other.quiet
    assert [strike.rule.kind for strike in other.strikes("admitted", READ, NOW)] == ["status"]
    assert other.disarm(1)
    assert one.strikes("admitted", READ, NOW) == []
    assert [each.number for each in one.armed] == [2]
    other.disarm()
    assert one.quiet


def test_to_look_changes_nothing(both: tuple[SharedFaults, SharedFaults]) -> None:
    one, other = both
    one.arm([refusing()], NOW)
    number = one._words[0]
    for faults in (other, one, other):
        assert faults.strikes("admitted", READ, NOW)
        assert len(faults.armed) == 1
    assert one._words[0] == number


def test_matches_are_counted_together(both: tuple[SharedFaults, SharedFaults]) -> None:
    both[0].arm([refusing(every=3, times=2)], NOW)
    struck = [bool(both[n % 2].strikes("admitted", READ, NOW + n)) for n in range(1, 13)]
    assert struck == [False, False, True, False, False, True] + [False] * 6
    for faults in both:
        (rule,) = described(faults.armed)
        assert (rule["matched"], rule["struck"], rule["spent"]) == (6, 2, True)


def test_a_strike_knows_when_the_first_was_wherever_that_was(both: tuple[SharedFaults, SharedFaults]) -> None:
    one, other = both
    one.arm([refusing()], NOW)
    far = 2**77
    assert [strike.since for strike in one.strikes("admitted", READ, far)] == [0]
    assert [(strike.number, strike.since) for strike in other.strikes("admitted", READ, far + 5)] == [(2, 5)]


def test_a_share_is_drawn_alike_in_one_process_or_two(both: tuple[SharedFaults, SharedFaults]) -> None:
    both[0].arm([refusing(probability=0.4, seed=7)], NOW)
    drawn = [bool(both[n % 2].strikes("admitted", READ, NOW)) for n in range(50)]
    both[1].reset(NOW)
    both[1].arm([refusing(probability=0.4, seed=7)], NOW)
    assert drawn == [bool(both[0].strikes("admitted", READ, NOW)) for _ in range(50)]
    assert 5 < sum(drawn) < 45


def test_a_reset_arms_what_the_start_armed_and_counts_anew(tmp_path: Path) -> None:
    one, other = (SharedFaults(tmp_path, (refusing(nth=2),), NOW) for _ in range(2))
    assert len(one.armed) == 1
    other.arm([refusing()], NOW)
    assert [bool(one.strikes("admitted", READ, NOW)) for _ in range(2)] == [True, True]
    one.reset(NOW)
    assert [(each.number, each.matched) for each in other.armed] == [(1, 0)]
    assert [bool(other.strikes("admitted", READ, NOW)) for _ in range(3)] == [False, True, False]


def test_every_fault_and_every_shipped_scenario_is_the_same_in_the_other(
    both: tuple[SharedFaults, SharedFaults],
) -> None:
    one, other = both
    given = {each: {p.name: "x" for p in parameters(each) if p.default is None and p.type is str} for each in names()}
    rules = [rule for name in shipped() for rule in load(name).rules]
    known = {rule.kind for rule in rules}
    rules += [
        Rule(kind, fault := built(kind, given[kind], ""), fault.phases()[0]) for kind in names() if kind not in known
    ]
    one.arm(rules, NOW)
    assert [each.rule for each in other.armed] == rules
    assert {rule.kind for rule in rules} == set(names())
