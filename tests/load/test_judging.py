"""A verdict is what the journal proves: no more where something is missing, no less where something is wrong."""

from pathlib import Path

import pytest

from athena_fhir_load.figures import figures_of, group_of, jain
from athena_fhir_load.journals import Mark
from athena_fhir_load.judging import judged, least_span, most_within
from mock_athena.ratelimit import policy_named
from tests.load.journal_of import NOON, Entry, entries_of, greedy, journal_of

MISSION = policy_named("mission")


def kinds(entries: list[Entry], total: int | None = None) -> tuple[set[str], set[str]]:
    """What was found, and what was found and is not proven."""
    found = judged(journal_of(entries, total=total), MISSION)
    return {each.kind for each in found.violations}, {each.kind for each in found.unproven}


def test_a_right_limiter_is_found_to_be_right() -> None:
    found = judged(journal_of(entries_of(greedy())), MISSION)
    assert (found.admitted, found.refused, found.violations, found.unproven) == (48, 12, [], [])
    burst, daily = found.worst
    assert (burst.seen, burst.allowed) == (16, 16)
    assert (daily.seen, daily.allowed) == (48, 200_000)
    assert all(0 <= told - true < 1 for told, true in found.waits)
    assert len(found.waits) == 12


def test_what_is_wrong_is_found() -> None:
    entries = entries_of(greedy())
    refused = next(number for number, entry in enumerate(entries) if entry["verdict"] == "refused")
    let_in = [dict(entry) for entry in entries]
    let_in[refused]["verdict"] = "admitted"
    assert "over-admission" in kinds(let_in)[0]
    sent_away = [dict(entry) for entry in entries]
    sent_away[3] |= {"verdict": "refused", "status": 429}
    assert "under-admission" in kinds(sent_away)[0]
    hasty = [dict(entry) for entry in entries]
    told = [("Retry-After", "0") if name == "Retry-After" else (name, value) for name, value in hasty[refused]["told"]]
    hasty[refused]["told"] = told
    assert kinds(hasty)[0] == {"early-retry-after"}


def refused_though_admitted(entries: list[Entry], after: float) -> list[Entry]:
    """The same, but the first admitted one after so many seconds was sent away."""
    first = next(
        number
        for number, entry in enumerate(entries)
        if entry["verdict"] == "admitted" and float(entry["instant"]) >= NOON + after
    )
    return [*entries[:first], entries[first] | {"verdict": "refused", "status": 429}, *entries[first + 1 :]]


def test_what_was_forgotten_may_have_been_the_reason() -> None:
    """The first ten are missing: refusals within their window are not judged, later ones are."""
    kept = entries_of(greedy())[10:]
    assert kinds(kept, total=60) == (set(), {"dishonest-remaining", "dishonest-reset", "under-admission"})
    assert "under-admission" in kinds(refused_though_admitted(kept, after=4), total=60)[0]
    figures = figures_of(journal_of(kept, total=60), MISSION)
    assert figures["journal"] | {"seconds": 0} == {
        "exchanges": 50, "forgotten": 10, "missing": 0, "whole": False, "seconds": 0,
    }  # fmt: skip


def test_a_gap_in_the_middle_is_a_blind_spot_for_as_long_as_the_window() -> None:
    entries = entries_of([*greedy(25), *((10 + second, "Greedy-1") for second, _ in greedy(25))])
    del entries[5]  # admitted, and still in flight
    proven, unproven = kinds(entries)
    assert not proven
    assert "under-admission" in unproven
    assert "under-admission" in kinds(refused_though_admitted(entries, after=10))[0]


@pytest.mark.parametrize(
    ("policy", "requests", "seconds"),
    [
        ("mission", 16, 0.0),
        ("mission", 17, 2.0),
        ("mission", 100, 12.0),
        ("sliding-1s", 17, 2.0),
        ("token-bucket", 17, 0.125),
        ("off", 99, 0.0),
    ],
)
def test_the_least_time_of_so_many_requests(policy: str, requests: int, seconds: float) -> None:
    assert least_span(policy_named(policy), requests) == pytest.approx(seconds * 1e9, abs=2)


def test_the_fullest_window_is_half_open() -> None:
    assert most_within([0, 1, 2], 2) == 2
    assert most_within([0, 1, 2], 3) == 3
    assert most_within([], 3) == 0


def test_callers_are_scored_and_compared() -> None:
    polite = [(number / 7, f"Polite-{caller}") for number in range(40) for caller in (1, 2)]
    asked = sorted([*greedy(100, 0.05), *polite])
    figures = figures_of(journal_of(entries_of(asked)), MISSION)
    greediest, *others = figures["callers"]
    assert (greediest["caller"], greediest["group"], greediest["sent"]) == (
        "client Greedy-1 at production",
        "Greedy",
        100,
    )
    assert greediest["refused"] > 40
    assert greediest["came_too_early"] > 40
    assert 1 <= greediest["times_the_least"] < 1.3
    assert greediest["utilisation"] == 1
    assert [(each["refused"], each["came_too_early"]) for each in others] == [(0, 0), (0, 0)]
    assert figures["fairness"] == [{"group": "Polite: each its own quota", "of": 2, "jain": 1.0, "least_to_most": 1.0}]
    isolation = figures["isolation"]
    assert (isolation["calm_callers"], isolation["greedy_callers"], isolation["refused_of_calm"]) == (2, 1, 0)
    assert isolation["beside_ms"]["n"] + isolation["alone_ms"]["n"] == 80


def test_who_kept_the_limit_is_told_by_what_was_sent_and_not_by_what_was_answered() -> None:
    polite = [(number / 7, "Polite-1") for number in range(40)]
    entries = entries_of(sorted([*greedy(100, 0.05), *polite]))
    wronged = next(entry for entry in entries if entry["client_id"] == "Polite-1")
    wronged["verdict"] = next(entry["verdict"] for entry in entries if entry["status"] == 429)
    wronged["status"] = 429
    isolation = figures_of(journal_of(entries), MISSION)["isolation"]
    assert (isolation["calm_callers"], isolation["refused_of_calm"]) == (1, 1)


def test_users_of_one_quota_are_told_apart_by_their_request_ids() -> None:
    entries = entries_of([(number / 8, "Herd") for number in range(20)])
    for number, entry in enumerate(entries):
        entry["request_id"] = f"load:Herd-{number % 4}:{number}"
    figures = figures_of(journal_of(entries), MISSION)
    assert figures["fairness"] == [{"group": "Herd: one quota", "of": 4, "jain": 1.0, "least_to_most": 1.0}]


def test_jain_and_groups() -> None:
    assert jain([1, 1, 1, 1]) == 1
    assert jain([4, 0, 0, 0]) == 0.25
    assert jain([0, 0]) is None
    assert [group_of(name) for name in ("Polite-12", "my-client", "reference-client-77", "4711")] == [
        "Polite", "my-client", "reference-client", "4711",
    ]  # fmt: skip


def test_decisions_are_judged_by_the_part_of_the_policy_that_took_them() -> None:
    entries = entries_of([(number / 7, "one") for number in range(20)], "athena-preview")
    for entry in entries:
        entry["environment"] = "sandbox"
    found = judged(journal_of(entries), policy_named("athena"))
    assert (found.admitted, found.refused, found.violations) == (20, 0, [])
    assert [worst.quota for worst in found.worst] == [15, 50_000]


@pytest.mark.parametrize("policy", ["token-bucket", "gcra", "lockout", "mission+charge-denied"])
def test_what_is_missing_accuses_nobody_however_long_ago_it_was(policy: str) -> None:
    """A bucket that is never full again remembers; a lockout is longer than the window in which refusals count."""
    entries = entries_of(greedy(200, 0.06), policy)
    for some, total in ((entries[10:], 200), (entries[:60] + entries[70:], 200)):
        found = judged(journal_of(some, policy, total), policy_named(policy))
        assert (found.violations, found.missing) == ([], 200 - len(some) if some[0] is entries[0] else 0)
    rested = entries_of([*greedy(60, 0.06), *((20 + second, user) for second, user in greedy(60, 0.06))], policy)
    if policy != "lockout":  # whose longest limit is a day's
        wronged = refused_though_admitted(rested[10:], after=20.3)
        found = judged(journal_of(wronged, policy, total=120), policy_named(policy))
        assert "under-admission" in {each.kind for each in found.violations}


def test_a_request_in_flight_is_missing_and_holds_its_place(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text('name = "two"\nlimits = [{kind = "concurrency", quota = 2}]\n')
    policy = policy_named(str(tmp_path / "two.toml"))
    entries = entries_of(greedy(6), str(tmp_path / "two.toml"))  # none of them is over
    assert [entry["verdict"] for entry in entries] == ["admitted"] * 2 + ["refused"] * 4
    del entries[1]
    found = judged(journal_of(entries, total=5), policy)
    assert (found.violations, found.unjudged) == ([], 4)


def test_one_client_is_judged_by_the_whole_journal_and_by_all_who_share_its_quota() -> None:
    asked = sorted([*greedy(60), *greedy(60, user="Other-1")])
    entries = entries_of(asked)
    alone = figures_of(journal_of(entries).of("Greedy-1"), MISSION)
    assert alone["journal"]["whole"]  # what others sent is not missing
    assert (alone["limiter"]["admitted"], alone["limiter"]["refused"]) == (48, 12)
    wronged = refused_though_admitted(entries, after=4)
    assert figures_of(journal_of(wronged).of("Greedy-1"), MISSION)["limiter"]["under_admission"] > 0
    forgot = figures_of(journal_of(entries[20:], total=120).of("Greedy-1"), MISSION)
    assert (forgot["limiter"]["under_admission"], forgot["journal"]["forgotten"]) == (0, 20)
    for number, entry in enumerate(shared := entries_of(greedy(40, 0.05, user="10.0.0.1"))):
        entry |= {"client_id": ("mine", "other")[number % 2], "quota": "address 10.0.0.1 at production"}
    assert figures_of(journal_of(shared).of("mine"), MISSION)["limiter"]["under_admission"] == 0


def test_a_run_of_newcomers_has_no_blind_spot() -> None:
    before, after = entries_of(greedy(5, user="Old-1")), entries_of(greedy(60, 0.06), "gcra")
    for number, entry in enumerate(after, 6):
        entry["seq"] = number
    wronged = refused_though_admitted(after, after=0.5)
    for last, newcomers in ((before[-1], True), (wronged[0], False)):
        run = journal_of([*before, *wronged], "gcra").since(Mark(last["seq"], last["seq"]))
        assert run.newcomers is newcomers
        found = judged(run, policy_named("gcra"))
        assert bool(found.violations) is newcomers
