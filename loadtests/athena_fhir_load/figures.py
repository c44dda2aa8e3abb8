"""The figures of a report, from a journal and from what the load generator noted: plain values, ready for JSON.

Every name says what it is and in which unit; what cannot be known is None, and never 0.
"""

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from athena_fhir_load.histogram import PERCENTILES, Histogram
from athena_fhir_load.journals import Decided, Journal
from athena_fhir_load.judging import Judgement, callers_of, judged, least_span, most_within
from mock_athena.clock import NANOSECONDS, ManualClock, unix_text
from mock_athena.ratelimit import Limiter, QuotaKey
from mock_athena.ratelimit.explain import most
from mock_athena.ratelimit.policies import Policy

Figures = dict[str, Any]

FORMAT = 1
_DECISIONS = 4_000  # of each sample of the limiter in this process
_MOST_SHOWN = 20


def figures_of(journal: Journal, policy: Policy, run: Mapping[str, Any] | None = None) -> Figures:
    """Everything that a report says.

    Args:
        run: what the generator noted (``Notes.as_json``); None where somebody else made the load.
    """
    found = judged(journal, policy)
    callers = [_caller(quota, own, policy) for quota, own in callers_of(_requests(journal.decided)).items()]
    callers.sort(key=lambda caller: -caller["sent"])
    return {
        "format": FORMAT,
        "policy": policy.name,
        "source": journal.source,
        "journal": _completeness(journal, found),
        "limiter": _limiter(found, callers),
        "retry_after": _retry_after(found),
        "decision": _decision(journal, policy),
        "callers": callers,
        "fairness": _fairness(journal, callers),
        "isolation": _isolation(journal, policy),
        "generator": None if run is None else generator_figures(run),
    }


def _requests(decided: Iterable[Decided]) -> list[Decided]:
    """Without the token endpoint, which has a quota of its own."""
    return [each for each in decided if each.route != "oauth"]


def _completeness(journal: Journal, found: Judgement) -> Figures:
    instants = [each.judged.instant for each in journal.decided]
    return {
        "exchanges": len(journal.entries),
        "forgotten": journal.forgotten,
        "missing": found.missing,
        "whole": not journal.forgotten and not found.missing,
        "seconds": (max(instants) - min(instants)) / NANOSECONDS if instants else 0.0,
    }


def _limiter(found: Judgement, callers: Sequence[Figures]) -> Figures:
    saturated = [caller["utilisation"] for caller in callers if caller["refused"]]
    dishonest = found.count("dishonest-remaining") + found.count("dishonest-reset")
    return {
        "admitted": found.admitted,
        "refused": found.refused,
        "over_admission": found.count("over-admission"),
        "under_admission": found.count("under-admission"),
        "went_back": found.count("instant-went-back"),
        "unproven": len(found.unproven) + found.unjudged,
        "dishonest": dishonest,
        "honest_share": 1 - dishonest / (2 * found.told) if found.told else None,
        "worst": [worst.__dict__ for worst in found.worst],
        "saturated_callers": len(saturated),
        "utilisation_least": min(saturated, default=None),
        "utilisation_mean": sum(saturated) / len(saturated) if saturated else None,
        "violations": [
            {"kind": kind, "seq": decision.seq, "instant": unix_text(decision.instant), "quota": decision.quota}
            | {"detail": detail}
            for kind, decision, detail in found.violations[:_MOST_SHOWN]
        ],
        "more_violations": max(0, len(found.violations) - _MOST_SHOWN),
    }


def _retry_after(found: Judgement) -> Figures:
    waste = sorted(told - true for told, true in found.waits)
    early = found.count("early-retry-after")
    n = len(waste)
    return {
        "told": n,
        "early": early,
        "early_share": early / n if n else None,
        "waste_mean_s": sum(waste) / n if n else None,
        "waste_p99_s": waste[min(n - 1, int(0.99 * n))] if n else None,
        "waste_max_s": waste[-1] if n else None,
        "pairs": found.waits[:: max(1, n // 2000)],
    }


def _decision(journal: Journal, policy: Policy) -> Figures:
    refusals = Histogram().extend(each.milliseconds for each in journal.decided if not each.judged.allowed)
    answers = Histogram().extend(each.milliseconds for each in journal.decided if each.judged.allowed)
    return {
        "refusal_ms": refusals.told(),
        "answer_ms": answers.told(),
        "in_process_us": [
            {"day_used": share, **sample} for share in (0.0, 0.5, 0.95) if (sample := _in_process(policy, share))
        ],
        "histograms": {"refusal": refusals.as_json(), "answer": answers.as_json()},
    }


def _in_process(policy: Policy, share: float) -> Figures | None:
    """Microseconds of one decision of this policy, here and now, when so much of the day is used."""
    daily = next((limit.quota for limit in policy.limits if limit.window == 86_400), 0)
    if not policy.limits or policy.in_flight or not daily:
        return None
    clock = ManualClock(1_767_225_600 * NANOSECONDS)
    limiter = Limiter(policy, clock)
    key = QuotaKey("production", "client", "measured")
    gap = least_span(policy, 1000) // 900
    _used(limiter, clock, key, int(daily * share), policy)
    took = []
    for _ in range(_DECISIONS):
        clock.advance(gap)
        began = time.perf_counter_ns()
        limiter.hit(key)
        took.append((time.perf_counter_ns() - began) / 1e6)
    measured = Histogram().extend(took)
    return {name: round(measured.quantile(share) * 1000, 2) for name, share in PERCENTILES.items()}


def _used(limiter: Limiter, clock: ManualClock, key: QuotaKey, units: int, policy: Policy) -> None:
    """Spend so much of the day: as much as fits at once, a window later the next."""
    biggest = min((limit.quota for limit in policy.limits), default=1)
    window = max((limit.window for limit in policy.limits if limit.window < 86_400), default=0) * NANOSECONDS
    while units > 0:
        limiter.hit(key, min(units, biggest))
        units -= biggest
        clock.advance(window)


# One caller.


def _caller(quota: str, own: Sequence[Decided], policy: Policy) -> Figures:
    part = policy.sandbox if own[0].environment == "sandbox" and policy.sandbox else policy
    admitted = [each.judged for each in own if each.judged.allowed]
    units = sum(decision.cost for decision in admitted)
    first, last = own[0].judged.instant, own[-1].judged.instant
    took = admitted[-1].instant - admitted[0].instant if admitted else 0
    least = least_span(part, units) if units else 0
    bound = most(part, last - first + 1)
    users = sorted({each.user for each in own})
    return {
        "caller": quota,
        "group": group_of(users[0]),
        "users": len(users),
        "sent": len(own),
        "admitted": len(admitted),
        "refused": len(own) - len(admitted),
        "refused_for_each_admitted": (len(own) - len(admitted)) / len(admitted) if admitted else None,
        "came_too_early": _too_early(own),
        "utilisation": units / bound if bound else None,
        "seconds": took / NANOSECONDS,
        "least_seconds": least / NANOSECONDS,
        "times_the_least": took / least if least else None,
    }


def _too_early(own: Sequence[Decided]) -> int:
    """Requests that came before the time that the caller's last refusal had told."""
    until = early = 0
    for each in own:
        decision = each.judged
        early += decision.instant < until
        told = decision.told.get("retry-after", "")
        if not decision.allowed and told.isdecimal():
            until = decision.instant + int(told) * NANOSECONDS
    return early


def group_of(user: str) -> str:
    """Which callers are alike: those whose names differ in their number alone."""
    return re.sub(r"[-_.]?[0-9a-f]*[0-9][0-9a-f]*$", "", user) or user


def jain(shares: Sequence[float]) -> float | None:
    """Jain's index of fairness: 1 where all have the same, 1/n where one has all."""
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else None


def _fairness(journal: Journal, callers: Sequence[Figures]) -> list[Figures]:
    """Among callers that are alike, each with a quota of its own, and among users who share one quota."""
    alike: dict[str, list[float]] = defaultdict(list)
    for caller in callers:
        alike[f"{caller['group']}: each its own quota"].append(caller["admitted"])
    shared: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in _requests(journal.decided):
        shared[f"{group_of(each.user)}: one quota"][each.user] += each.judged.allowed
    several = {caller["group"] for caller in callers if caller["users"] > 1}
    groups = [(name, shares) for name, shares in alike.items() if len(shares) > 1]
    groups += [(name, list(users.values())) for name, users in shared.items() if name.partition(":")[0] in several]
    return [
        {"group": name, "of": len(shares), "jain": jain(shares), "least_to_most": min(shares) / max(shares)}
        for name, shares in groups
        if max(shares)
    ]


def _isolation(journal: Journal, policy: Policy) -> Figures | None:
    """What callers who kept their limits noticed of those who did not: their answers' times beside, and without, them.

    Times are the emulator's own, so that the generator has no part in them; a second is busy if anybody was refused.
    """
    own = callers_of(_requests(journal.decided))
    calm = {quota for quota, each in own.items() if _kept(each, policy)}
    greedy = {
        quota for quota in own.keys() - calm if sum(not one.judged.allowed for one in own[quota]) > len(own[quota]) / 2
    }
    if not calm or not greedy:
        return None
    busy = {one.judged.instant // NANOSECONDS for quota in greedy for one in own[quota] if not one.judged.allowed}
    beside, alone = Histogram(), Histogram()
    for quota in calm:
        for one in own[quota]:
            (beside if one.judged.instant // NANOSECONDS in busy else alone).add(one.milliseconds)
    return {
        "calm_callers": len(calm),
        "greedy_callers": len(greedy),
        "refused_of_greedy": sum(not one.judged.allowed for quota in greedy for one in own[quota]),
        "refused_of_calm": sum(not one.judged.allowed for quota in calm for one in own[quota]),
        "beside_ms": beside.told(),
        "alone_ms": alone.told(),
    }


def _kept(own: Sequence[Decided], policy: Policy) -> bool:
    """Whether a caller asked for no more than each window holds: by what it sent, not by what it was answered."""
    part = policy.sandbox if own[0].environment == "sandbox" and policy.sandbox else policy
    instants = [each.judged.instant for each in own for _ in range(each.judged.cost)]
    windows = [limit for limit in part.limits if limit.window and limit.counts]
    return all(most_within(instants, limit.window * NANOSECONDS) <= limit.quota for limit in windows)


# The generator.


def generator_figures(run: Mapping[str, Any]) -> Figures:
    """What the generator noted, in figures."""
    offered = sum(second["offered"] for second in run["timeline"].values())
    dropped = sum(second["dropped"] for second in run["timeline"].values())
    return {
        **{name: run[name] for name in ("scenario", "target", "users", "seconds", "cpu_share", "processes")},
        "failures": run["failures"],
        "lost_workers": run.get("lost_workers", 0),
        "offered": offered,
        "dropped": dropped,
        "dropped_share": dropped / offered if offered else 0.0,
        "lag_ms": Histogram.from_json(run["lag"]).told(),
        "loop_lag_ms": Histogram.from_json(run["loop_lag"]).told(),
        "latency_ms": {kind: Histogram.from_json(told).told() for kind, told in run["latency"].items()},
        "carried": carried(run) if grew(run) else None,
    }


def carried(run: Mapping[str, Any]) -> Figures | None:
    """The highest load that was answered as it came, of a run whose load grows.

    A second counts if at least 95 % of what was offered in it was answered well, and half of that within 50 ms of the
    intended time. The last two seconds are left out: the end cuts them.
    """
    seconds = sorted(run["timeline"].items(), key=lambda item: int(item[0]))[:-2]
    best: Figures | None = None
    for second, told in seconds:
        p50 = Histogram.from_json(told["latency"]).quantile(0.5)
        if told["answered"] >= 0.95 * told["offered"] and p50 <= 50 and (not best or told["offered"] > best["offered"]):
            best = {"second": int(second), "offered": told["offered"], "answered": told["answered"], "p50_ms": p50}
            best["p99_ms"] = Histogram.from_json(told["latency"]).quantile(0.99)
    return best


def grew(run: Mapping[str, Any]) -> bool:
    """Whether the load of a run grew to at least twice what it began with."""
    offered = [told["offered"] for _, told in sorted(run["timeline"].items(), key=lambda item: int(item[0]))]
    quarter = max(1, len(offered) // 4)
    return len(offered) >= 8 and sum(offered[-quarter - 1 : -1]) > 2 * sum(offered[:quarter])
