"""A target that can be probed in several ways, and what was found of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal, Protocol

from athena_fhir_conformance.limits.families import Model
from athena_fhir_conformance.limits.honesty import Honesty
from athena_fhir_conformance.limits.identifying import Identified
from athena_fhir_conformance.limits.observation import Observation, Prober
from athena_fhir_conformance.limits.told import ToldLimit

Per = Literal["client", "token", "address", "practice"]


class Target(Protocol):
    """A server that can be probed in several ways; what it cannot do is None."""

    @property
    def main(self) -> Prober:
        """The probe that is used for everything."""
        ...

    @property
    def variants(self) -> Mapping[str, Prober]:
        """Other probes, by what differs: ``token``, ``address`` or ``client``."""
        ...

    @property
    def routes(self) -> Mapping[str, Prober]:
        """Probes by class of route."""
        ...

    @property
    def tokens(self) -> Prober | None:
        """Requests of tokens."""
        ...

    def overlapping(self, count: int) -> list[Observation]:
        """Send so many at once, so that all are in flight at the same time."""
        ...


@dataclass(frozen=True, slots=True)
class Lock:
    """Who is refused so often is locked out.

    Attributes:
        refusals: how many, within ``window`` seconds. penalty: seconds.
        checked: the end of the penalty was waited for; else it is what the server says.
    """

    refusals: int
    window: int | None
    penalty: float
    checked: bool


@dataclass(slots=True)
class Findings:
    """What was found.

    Attributes:
        burst: the limit that was probed. told: limits that the server names and that were not met.
        otherwise: when how many units were spent by other probes. breaks: stretches in which it is not known
            what was spent; from their ends on the model begins anew. unknown_since: one that has no end yet.
        several_counters: over another connection it admits more, so what one connection meets is a part of the limit.
        alternates: refused, admitted and refused again, from one request to the next.
        in_flight: how many requests may be in flight. costs: units by class of route; None where it is limited at an
            unknown cost. not_asked: questions that were left out, with the reason.
    """

    burst: Identified | None = None
    told: list[ToldLimit] = field(default_factory=list)
    lock: Lock | None = None
    in_flight: int | None = None
    in_flight_checked: int = 0
    several_counters: bool = False
    alternates: bool = False
    per: Per | None = None
    per_evidence: str = ""
    costs: dict[str, int | None] = field(default_factory=dict)
    tokens: Identified | None = None
    honesty: Honesty | None = None
    probes: int = 0
    seconds: float = 0.0
    seen: list[Observation] = field(default_factory=list)
    token_answers: list[Observation] = field(default_factory=list)
    breaks: list[tuple[float, float]] = field(default_factory=list)
    unknown_since: float | None = None
    otherwise: list[tuple[float, int]] = field(default_factory=list)
    not_asked: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def unknown(self) -> list[tuple[float, float]]:
        """All stretches in which it is not known what was spent."""
        return self.breaks if self.unknown_since is None else [*self.breaks, (self.unknown_since, inf)]

    @property
    def model(self) -> Model | None:
        """The likeliest model of the burst limit; None where what was seen contradicts all."""
        fits = self.burst and self.burst.end != "contradicted" and self.burst.ranked
        return self.burst.ranked[0][0] if self.burst and fits else None
