"""Whether hypotheses explain everything that was seen, also what came after they were made."""

from dataclasses import replace

from athena_fhir_conformance.limits.families import History, Model
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.honesty import stretch_of
from athena_fhir_conformance.limits.identifying import Identified, lock_of

_CONFIRMED = 12  # hypotheses, at most, that are followed to the end


def confirmed(found: Findings, burst: Identified) -> Identified:
    """The hypotheses that explain everything that came after they were found as well."""
    if burst.end not in ("sure", "alike", "spent"):
        return burst
    left = [pair for pair in burst.ranked[:_CONFIRMED] if _holds(pair[0], found, burst)]
    whole = sum(weight for _, weight in left)
    if not left:
        return replace(burst, end="contradicted")
    return replace(burst, ranked=[(model, weight / whole) for model, weight in left])


def _holds(candidate: Model, found: Findings, burst: Identified) -> bool:
    """Whether a model explains all answers, up to a lock."""
    skew = burst.belief.history.skew
    model, history = candidate.anew(), History(skew)
    otherwise, locked = sorted(found.otherwise), lock_of(found.seen)
    stretch = 0
    for each in found.seen:
        if each is locked:
            break
        now, unknown = stretch_of(each, found.unknown)
        if unknown:
            continue
        if now > stretch:
            stretch, model, history = now, candidate.anew(), History(skew)
        while otherwise and otherwise[0][0] < each.earliest:
            instant, units = otherwise.pop(0)
            for _ in range(units):
                _step(model, history, instant, instant, admitted=True)
        admitted = each.verdict == "admitted"
        if each.verdict != "failed" and not _step(model, history, each.earliest, each.latest, admitted=admitted):
            return False
    return True


def _step(model: Model, history: History, early: float, late: float, *, admitted: bool) -> bool:
    allowed = model.allows(history, early, late, admitted)
    history.add(early, late, admitted)
    model.follow((early + late) / 2, admitted)
    return allowed
