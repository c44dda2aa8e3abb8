"""Which hypotheses are left: every model that some observation contradicts is gone, whatever spoke for it before.

Before anything is known, all families are as likely; windows that people choose (1 s, a minute) are likelier than
others, and what the server itself says is likelier still. That only says what to test first, and how sure we are in the
end where tests cannot tell two hypotheses apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from athena_fhir_conformance.limits.elsewhere import Weighted
from athena_fhir_conformance.limits.families import Fixed, History, Model
from athena_fhir_conformance.limits.hypotheses import hypotheses, plain_prior, share_of
from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.told import server_date, told_quota, told_remaining

_DOUBT, _FLOOR = 0.5, 0.02

Prior = Callable[[Sequence[Observation]], Callable[[Model], float]]
"""How likely models are, after what was seen up to the first refusals."""


@dataclass(slots=True)
class Belief:
    """What is thought of one limit.

    Attributes:
        models: those that nothing contradicts, with their weights. seen: all that was observed.
        contradicted: the observation that none of the last models allowed.
        before: what was left just before that. failures: what came of late and shows nothing.
        faults: how much of that came in all.
    """

    prior: Prior
    models: list[tuple[Model, float]] = field(default_factory=list)
    seen: list[Observation] = field(default_factory=list)
    history: History = field(default_factory=History)
    floors: dict[int, float] = field(default_factory=dict)
    failures: list[Observation] = field(default_factory=list)
    faults: int = 0
    open: bool = False
    contradicted: Observation | None = None
    before: list[tuple[Model, float]] = field(default_factory=list)

    def observe(self, batch: Sequence[Observation]) -> None:
        """Note what was seen, in order of the decisions; with the first refusal hypotheses are made."""
        counted = [each for each in batch if each.verdict != "failed"]
        self.faults += len(batch) - len(counted)
        self.failures = [*self.failures, *batch] if not counted else []
        counted.sort(key=lambda each: (each.order, each.earliest + each.latest))
        self.seen += counted
        if self.open:
            for each in counted:
                self._weigh(each)
            if self.history.skew[0] < self.history.skew[1]:
                self._look_at_dates()
        elif any(each.verdict == "refused" for each in self.seen):
            self._begin()

    def _begin(self) -> None:
        self.open = True
        skew = _skew(self.seen)
        refusal = next(index for index, each in enumerate(self.seen) if each.verdict == "refused")
        prior = self.prior(self.seen)
        self.models = [(model, prior(model) * plain_prior(model)) for model in hypotheses(self.seen, refusal, skew)]
        self.floors = {id(model): weight * _FLOOR for model, weight in self.models}
        self.history = History(skew)
        for each in self.seen:
            self._weigh(each)

    def _weigh(self, each: Observation) -> None:
        if self.contradicted:
            return
        early, late, admitted = each.earliest, each.latest, each.verdict == "admitted"
        history = self.history
        left = [pair for pair in self.models if pair[0].allows(history, early, late, admitted)]
        if not left:
            self.contradicted, self.before = each, self.models
            self.models = []
            return
        self.models = left
        history.add(early, late, admitted)
        middle = (early + late) / 2
        for model, _ in left:
            model.follow(middle, admitted)
        remaining = told_remaining(each)
        if admitted and remaining is not None and len(left) > 1:
            self._hear(each, remaining)

    def _hear(self, each: Observation, remaining: int) -> None:
        """What the server says is left speaks against models that count otherwise, but never rules one out."""
        quota = told_quota(each)
        self.models = [
            (model, weight)
            if quota != model.quota or _agrees(model, each, remaining)
            else (model, max(weight * _DOUBT, min(weight, self.floors[id(model)])))
            for model, weight in self.models
        ]

    def _look_at_dates(self) -> None:
        """With every date the server's clock is known better; fixed windows are judged anew then."""
        least, most = _skew(self.seen)
        before = self.history.skew
        if most - least > 0.8 * (before[1] - before[0]):
            return
        again = Belief(self.prior, seen=self.seen)
        again.history.skew = (least, most)
        ahead = (least + most) / 2
        again.models = [
            (type(model)(model.quota, model.window, ahead), weight)
            for model, weight in self.models
            if isinstance(model, Fixed | Weighted)
        ]
        others = [pair for pair in self.models if not isinstance(pair[0], Fixed | Weighted)]
        again.floors = {id(model): weight for model, weight in again.models}
        for each in self.seen:
            again._weigh(each)
        self.history.skew = (least, most)
        self.models = others + again.models
        self.floors |= {id(model): weight * _FLOOR for model, weight in again.models}

    def ranked(self) -> list[tuple[Model, float]]:
        """What is left, the likeliest first, with probabilities."""
        return normed([(model, weight * share_of(model)) for model, weight in self.models])

    def sober(self) -> list[tuple[Model, float]]:
        """As :meth:`ranked`, were the server silent."""
        return normed([(model, plain_prior(model) * share_of(model)) for model, _ in self.models])

    @property
    def refusals(self) -> int:
        """How often we were refused."""
        return sum(each.verdict == "refused" for each in self.seen)


def normed(pairs: list[tuple[Model, float]]) -> list[tuple[Model, float]]:
    """With weights that are one in all, the likeliest first."""
    whole = sum(weight for _, weight in pairs) or 1.0
    return sorted(((model, weight / whole) for model, weight in pairs), key=lambda pair: -pair[1])


def _agrees(model: Model, each: Observation, remaining: int) -> bool:
    """Whether so much can be left after this request; a bucket may be asked just before or after a drop."""
    slack = 1 if model.kind == "token-bucket" else 0
    least, most = sorted((model.room(each.earliest), model.room(each.latest)))
    return least - slack <= remaining <= most + slack


def _skew(seen: Sequence[Observation]) -> tuple[float, float]:
    """How far the server's clock is ahead of the axis of the observations: from its dates, which are whole seconds."""
    if any(each.decided is not None for each in seen):
        return 0.0, 0.0
    bounds = [(date - each.received, date + 1 - each.sent) for each in seen if (date := server_date(each)) is not None]
    if not bounds:
        return -0.5, 0.5  # clocks are set by NTP
    least, most = max(low for low, _ in bounds), min(high for _, high in bounds)
    return (least, most) if least <= most else (-0.5, 0.5)
