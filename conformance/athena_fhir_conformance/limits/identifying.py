"""Finds out which limit a target has: probes, drops every hypothesis that is contradicted, and ends when it is sure.

The first burst says how many requests are admitted at once, and so which hypotheses there are. Then the experiment that
splits them best is made, again and again, until one is left, nothing could tell the rest apart, or the budget is spent.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import floor
from typing import Literal

from athena_fhir_conformance.limits.belief import Belief, Prior, normed
from athena_fhir_conformance.limits.experiments import Means, Plan, Weighted, best_plan
from athena_fhir_conformance.limits.families import Model
from athena_fhir_conformance.limits.observation import Observation, Prober, is_out_of_order
from athena_fhir_conformance.limits.priors import prior_of
from athena_fhir_conformance.limits.proving import proof, proofs_for
from athena_fhir_conformance.limits.told import lock_in_words, told_quota, told_remaining, told_reset, told_wait

Say = Callable[[str], None]
End = Literal["sure", "alike", "spent", "unlimited", "contradicted", "locked", "failed"]

SURE = 0.99
_SOBER = 0.95  # and so sure, were the server silent
_ALONE, _SLOWLY = 40, 12  # requests of the first burst that are sent one after the other; if more are admitted
_TOGETHER = 16
_ONWARD = 24
_FAILURES = 3  # in a row, and there is nobody to be judged
_LOCK_WAIT = 10.0
_PATIENCE = (1, 5, 30, 60)  # seconds, where nothing is told
_BARREN = 12  # experiments in a row that told nothing, and there is nothing to be told
_FIRST_SHARE = 0.62  # of the budget, for the first burst


@dataclass(slots=True)
class Purse:
    """What may be spent: requests, and seconds of the prober's clock."""

    prober: Prober
    requests: int
    until: float

    @property
    def left(self) -> int:
        """Requests."""
        return max(0, self.requests - self.prober.spent)

    @property
    def seconds(self) -> float:
        """Seconds."""
        return max(0.0, self.until - self.prober.now())


@dataclass(frozen=True, slots=True)
class Identified:
    """What is known of one limit in the end.

    Attributes:
        ranked: hypotheses that are left, the likeliest first, with probabilities.
        proven: the first of them foretold what came.
        end: why it ended. locked: the refusal with which a longer wait began than the window's.
    """

    ranked: Weighted
    belief: Belief
    end: End
    locked: Observation | None = None
    proven: bool = False


def identify(prober: Prober, purse: Purse, say: Say, prior: Prior = prior_of) -> Identified:
    """Probe until it is known, or as well known as the purse allows."""
    belief = Belief(prior)
    _open(prober, purse, belief, _settled(prober, purse, say))
    end = _ended(belief)
    if end is None and not belief.open:
        end = "unlimited"
    barren: Counter[str] = Counter()
    proofs: Counter[str] = Counter()
    while end is None:
        ranked = belief.ranked()
        say(_summary(ranked))
        sober = belief.sober()
        if ranked[0][1] >= SURE and sober[0][1] >= _SOBER and sober[0][0] is ranked[0][0]:
            model, name = ranked[0][0], _name(ranked[0][0])
            proven = proofs[name] >= proofs_for(model)
            asked = None if proven else proof(model, _means(prober, purse, belief), proofs[name])
            if asked is None:
                return Identified(ranked, belief, "sure", proven=proven)
            _make(asked, prober, purse, belief)
            proofs[name] += 1
            end = _ended(belief)
            continue
        if ranked[0][1] >= SURE:  # the server is believed, and not checked yet
            ranked = sober
        chosen = best_plan(ranked, _means(prober, purse, belief), barren)
        if chosen is None or sum(barren.values()) > _BARREN:
            return Identified(belief.ranked(), belief, "spent" if purse.left < 3 or purse.seconds < 1 else "alike")
        sort, plan = chosen
        _make(plan, prober, purse, belief)
        if len(belief.models) < len(ranked):
            barren.clear()
        else:
            barren[sort] += 1
        end = _ended(belief)
    ranked = belief.ranked() if belief.models else normed(belief.before)
    return Identified(ranked, belief, end, lock_of(belief.seen) if end == "locked" else None)


def _means(prober: Prober, purse: Purse, belief: Belief) -> Means:
    return Means(prober.now(), padding(belief.seen), purse.left - 1, purse.seconds)


def _settled(prober: Prober, purse: Purse, say: Say) -> list[Observation]:
    """The first probe. Whoever is refused to begin with waits until that is over: what came before is not known."""
    seen = prober.send()
    while seen[-1].verdict == "failed" and not is_out_of_order(seen):
        seen += prober.send()
    for patience in _PATIENCE:
        wait = _wait_before(seen[-1], patience) + padding(seen)
        if seen[-1].verdict != "refused" and not _partly_used(seen[-1]):
            break
        if wait > purse.seconds / 2:
            break
        say(f"Something of the quota is spent already; waiting {wait:.0f} s")
        prober.wait_until(prober.now() + wait)
        seen = prober.send()
    return seen


def _wait_before(first: Observation, patience: float) -> float:
    told = told_reset(first) if first.verdict == "admitted" else told_wait(first)
    return told or patience


def _partly_used(first: Observation) -> bool:
    """Whether the server says that somebody spent of the quota just before."""
    quota, remaining = told_quota(first), told_remaining(first)
    return first.verdict == "admitted" and quota is not None and remaining is not None and remaining < quota - 1


def _open(prober: Prober, purse: Purse, belief: Belief, first: list[Observation]) -> None:
    """The first burst: one after the other as long as that seems fast enough, then several at a time."""
    belief.observe(first)
    if _failing(belief) or not belief.seen:
        return
    told = told_quota(belief.seen[0]) or 0
    if belief.seen[0].decided is not None:  # windows of whole seconds end soon after such a burst
        prober.wait_until(floor(prober.now() + 0.5) + 0.5)
    most = int(purse.left * _FIRST_SHARE)
    alone = prober.send(min(_ALONE if told <= _ALONE else _SLOWLY, most), until_refused=True)
    if alone and alone[-1].verdict == "admitted":
        alone += _together(prober, purse, most, alone)
    belief.observe(alone)


def _together(prober: Prober, purse: Purse, most: int, alone: list[Observation]) -> list[Observation]:
    """Several at a time. So large a quota may be used up but once: what is asked then is asked before it is thought.

    Refusals in a row, and some requests at once when the shortest window is over: the ones before this were sent so
    slowly that only a few are admitted, or none where refusals count.
    """
    seen = prober.send(min(most, purse.left), until_refused=True, at_once=_TOGETHER)
    if not any(each.verdict == "refused" for each in seen) or 2 * len(seen) < purse.left:
        return seen
    seen += prober.send(min(_ONWARD, purse.left // 4), at_once=_TOGETHER)
    again = alone[0].latest + 1 + (alone[-1].latest - alone[0].latest) / 3
    if again > prober.now():
        prober.wait_until(again)
        seen += prober.send(min(_TOGETHER, purse.left // 4), at_once=_TOGETHER)
    return seen


def _make(plan: Plan, prober: Prober, purse: Purse, belief: Belief) -> None:
    for burst in plan:
        prober.wait_until(burst.at)
        belief.observe(prober.send(min(burst.most, purse.left), until_refused=burst.until_refused))
        if _ended(belief) or not purse.left:
            return


def _ended(belief: Belief) -> End | None:
    if _failing(belief) or not belief.seen:
        return "failed"
    if lock_of(belief.seen):
        return "locked"
    return "contradicted" if belief.open and not belief.models else None


def _failing(belief: Belief) -> bool:
    return len(belief.failures) >= _FAILURES


def lock_of(seen: list[Observation]) -> Observation | None:
    """The refusal that told of a lock: in words, or since it moved the end of the wait far away all at once."""
    told: tuple[float, float] | None = None
    for each in seen:
        wait = told_wait(each)
        if wait is None:
            told = None
            continue
        ends = each.latest + wait
        if lock_in_words(each) or (told and ends - told[1] > each.latest - told[0] + _LOCK_WAIT):
            return each
        told = each.latest, ends
    return None


def padding(seen: list[Observation]) -> float:
    """Seconds within which a probe arrives and is answered, nearly always."""
    trips = sorted(each.received - each.sent for each in seen[-40:])
    return 0.002 + 1.5 * trips[int(len(trips) * 0.9)] if trips else 0.05


def _summary(ranked: Weighted) -> str:
    model, probability = ranked[0]
    return f"{len(ranked):,} hypotheses; likeliest: {_name(model)} ({probability:.0%})"


def _name(model: Model) -> str:
    charging = ", charging refusals" if model.charge_denied else ""
    return f"{model.kind} {model.quota} in {model.window:g} s{charging}"
