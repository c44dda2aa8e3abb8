"""What the findings amount to: a policy as a policy file has it, which built-in one that is, and how sure it is.

What is assumed, because the policy that it matches has it, is called so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from athena_fhir_conformance.limits.catalogue import ALSO, POLICIES, Known, KnownPolicy
from athena_fhir_conformance.limits.families import Model
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.honesty import truths
from athena_fhir_conformance.limits.identifying import Identified
from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.proving import is_rare
from athena_fhir_conformance.limits.told import Tells, ToldLimit, manner, reset_is_instant, told_limits, told_reset

_DAY = 86_400
_TOLD, _ASSUMED, _UNLIMITED, _CONTRADICTED, _UNPROVEN, _FAULTY, _SIZE_ONLY = 0.9, 0.7, 0.9, 0.3, 0.8, 0.5, 0.5
_ABOUT = 10.0  # seconds
_MANY = 150  # requests; to have met no limit with fewer says little
_WHOLE = 1e-6
_ELSEWHERE = ("opened-window", "shifted-window", "sliding-counter")  # the emulator has none of them


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that was found.

    Attributes:
        evidence: ``probed``, ``told`` by the server, or ``assumed``, since the policy that it matches has it.
        more: what the family has besides quota and window.
    """

    kind: str
    name: str
    quota: int
    window: float
    confidence: float
    evidence: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the report has it."""
        said: dict[str, Any] = {"kind": self.kind, "name": self.name, "quota": self.quota}
        if self.window:
            said |= {"window": self.window}
        return {**said, **self.more, "confidence": round(self.confidence, 3), "evidence": self.evidence}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is reported.

    Attributes:
        policy: the built-in policy that it is, with what is added behind ``+``; None if it is none of them.
        also: other built-in policies that are the same, as far as one address can tell.
        alternatives: what could not be told from it.
    """

    policy: str | None
    limits: tuple[Limit, ...]
    token_endpoint: tuple[Limit, ...]
    tells: Tells
    confidence: float
    also: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


def conclude(found: Findings) -> Conclusion:
    """Draw the conclusion."""
    tells = manner(found.seen)
    limits = _limits(found)
    tokens = _token_limits(found.tokens)
    name, base = _policy(limits, tokens, tells, found) if _conclusive(found) else (None, None)
    if base:
        limits = _with_assumed(limits, base)
        tokens = tokens or _assumed(base.token_endpoint, limits and found.tokens is None)
    confidence = min((limit.confidence for limit in limits if limit.evidence != "assumed"), default=_no_limit(found))
    if found.burst and found.burst.end == "contradicted":
        confidence = min(confidence, _CONTRADICTED)
    return Conclusion(
        name, limits, tokens, tells, round(confidence, 3), ALSO.get(base.name, ()) if base else (), _alternatives(found)
    )


def _conclusive(found: Findings) -> bool:
    return (
        not found.problem
        and found.burst is not None
        and found.burst.end != "contradicted"
        and not found.several_counters
    )


def _no_limit(found: Findings) -> float:
    if not found.burst or found.burst.end != "unlimited":
        return 0.0
    return min(_FAULTY if found.burst.belief.faults else 1.0, _UNLIMITED * min(1.0, found.probes / _MANY))


def _limits(found: Findings) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    burst, model = found.burst, found.model
    if model and burst:
        confidence = sum(weight for other, weight in burst.ranked if _same(other, model))
        if is_rare(model) and not burst.proven:
            confidence = min(confidence, _UNPROVEN)
        limits.append(_of_model(model, confidence, found.seen))
    if found.in_flight:
        checked = found.in_flight_checked >= found.in_flight
        limits.append(
            Limit(
                "concurrency",
                "in-flight",
                found.in_flight,
                0,
                0.99 if checked else _TOLD,
                "probed" if checked else "told",
            )
        )
    if found.lock:
        lock = found.lock
        more = {"penalty": round(lock.penalty)}
        limits.append(
            Limit(
                "lockout",
                "lockout",
                lock.refusals,
                lock.window or 60,
                0.98 if lock.checked else _TOLD,
                "probed" if lock.checked else "told",
                more,
            )
        )
    limits += [_of_told(told) for told in found.told]
    return tuple(_named_apart(limits))


def _same(one: Model, other: Model) -> bool:
    return (one.kind, one.quota, one.window) == (other.kind, other.quota, other.window) and (
        one.charge_denied == other.charge_denied
    )


def _of_model(model: Model, confidence: float, seen: list[Observation]) -> Limit:
    kind = str(model.kind)
    if kind == "token-bucket" and _tells_when_all_are_back(model, seen):
        kind = "gcra"
    more: dict[str, Any] = {} if kind in _ELSEWHERE else {"charge_denied": model.charge_denied}
    return Limit(kind, _name_of(seen, model), model.quota, _seconds(model.window), confidence, "probed", more)


def _seconds(window: float) -> float:
    """A whole number where it is one."""
    return round(window) if abs(window - round(window)) < _WHOLE else round(window, 6)


def _name_of(seen: list[Observation], model: Model) -> str:
    for each in reversed(seen):
        for limit in told_limits(each):
            if limit.quota == model.quota:
                return limit.name
    return "burst"


def _tells_when_all_are_back(model: Model, seen: list[Observation]) -> bool:
    """A bucket tells when the next token falls in, GCRA when all are back: compared where the two are far apart."""
    votes = 0
    for truth in truths(seen, model):
        told = told_reset(truth.seen)
        if told is None or truth.seen.verdict != "refused":
            continue
        # Told as an instant it is rounded up there, told as seconds it is rounded up here.
        base = 0.0 if reset_is_instant(truth.seen) else truth.seen.latest
        now = truth.seen.latest - base
        next_one = abs(told + now - ceil(truth.ready - base))
        all_of_them = abs(told + now - ceil(truth.whole - base))
        votes += (next_one > all_of_them) - (next_one < all_of_them)
    return votes > 0


def _of_told(told: ToldLimit) -> Limit:
    """Of what is shorter than a day and was not met only the size is told, not the family."""
    kind = "concurrency" if not told.window else "fixed-window" if _ends_at_midnight(told) else "sliding-window"
    confidence = _SIZE_ONLY if 0 < told.window < _DAY else _TOLD
    return Limit(kind, told.name, told.quota, told.window, confidence, "told")


def _ends_at_midnight(told: ToldLimit) -> bool:
    """Whether a day's quota is told to come back with the next day, UTC."""
    if told.window != _DAY or told.reset is None:
        return True
    past = (told.at + told.reset) % _DAY
    return min(past, _DAY - past) < _ABOUT


def _named_apart(limits: list[Limit]) -> list[Limit]:
    names: set[str] = set()
    apart: list[Limit] = []
    for limit in limits:
        name = limit.name if limit.name not in names else f"{limit.name}-{len(names)}"
        names.add(name)
        apart.append(replace(limit, name=name))
    return apart


def _token_limits(tokens: Identified | None) -> tuple[Limit, ...]:
    if tokens is None or not tokens.ranked or tokens.end in ("contradicted", "failed", "unlimited"):
        return ()
    model, confidence = tokens.ranked[0]
    return (
        replace(_of_model(model, confidence, tokens.belief.seen), name="minute" if model.window == 60 else "tokens"),
    )


def _policy(
    limits: tuple[Limit, ...], tokens: tuple[Limit, ...], tells: Tells, found: Findings
) -> tuple[str | None, KnownPolicy | None]:
    """The built-in policy, and its name with what is changed."""
    for policy in POLICIES.values():
        if _is(policy, limits, tells):
            charging = any(limit.more.get("charge_denied") for limit in limits)
            changes = ["charge-denied"] if charging else []
            changes += [f"per-{found.per}"] if found.per not in (None, "client") else []
            changes += _token_change(policy, tokens)
            return "+".join([policy.name, *changes]), policy
    return None, None


def _token_change(policy: KnownPolicy, tokens: tuple[Limit, ...]) -> list[str]:
    if not tokens:
        return []
    limit = tokens[0]
    if any((known.quota, known.window) == (limit.quota, limit.window) for known in policy.token_endpoint):
        return []
    return [f"tokens-{limit.quota}"]


def _is(policy: KnownPolicy, limits: tuple[Limit, ...], tells: Tells) -> bool:
    if not policy.limits:
        return not limits
    if policy.tells != tells:
        return False
    known = {(limit.kind, limit.quota, limit.window, limit.penalty) for limit in policy.limits}
    met = {(limit.kind, limit.quota, limit.window, limit.more.get("penalty", 0)) for limit in limits}
    # What takes longer than anybody probes is not missed.
    return met <= known and all(limit.window == _DAY for limit in policy.limits if _key(limit) not in met)


def _key(limit: Known) -> tuple[str, int, int, int]:
    return limit.kind, limit.quota, limit.window, limit.penalty


def _with_assumed(limits: tuple[Limit, ...], policy: KnownPolicy) -> tuple[Limit, ...]:
    met = {(limit.kind, limit.quota, limit.window) for limit in limits}
    return limits + _assumed(
        tuple(each for each in policy.limits if (each.kind, each.quota, each.window) not in met), True
    )


def _assumed(known: tuple[Known, ...], wanted: object) -> tuple[Limit, ...]:
    return tuple(Limit(each.kind, each.name, each.quota, each.window, _ASSUMED, "assumed") for each in known if wanted)


def _alternatives(found: Findings) -> tuple[str, ...]:
    ranked = found.burst.ranked if found.burst else []
    shown: dict[str, float] = {}
    for model, weight in ranked[1:6]:
        if weight >= 0.005:
            text = f"{model.kind} {model.quota} in {model.window:g} s" + (
                ", charging refusals" if model.charge_denied else ""
            )
            shown[text] = shown.get(text, 0) + weight
    return tuple(f"{text} ({weight:.1%})" for text, weight in shown.items())
