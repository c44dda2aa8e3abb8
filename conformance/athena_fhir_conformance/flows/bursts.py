"""One burst to the limit, and what came of it: everything about 429 is read off the same requests."""

import re
from dataclasses import dataclass

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.asking import remembered
from athena_fhir_conformance.judges.decisions import Decision
from athena_fhir_conformance.judges.limit_fields import members, whole
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import skip

_DECIDED = re.compile(r"([0-9]+\.[0-9]+)")
_MOST = 200  # requests after which we give up to find a limit
_LONGEST = 130.0  # seconds that are waited after a refusal


@dataclass(frozen=True)
class Burst:
    """Requests sent one after another until one was refused, and one more after the wait that it was told.

    Attributes:
        admitted: those before the refusal.
        refused: the first 429, or None if none came.
        waited: seconds that were waited after it.
        after: the request after that wait.
    """

    admitted: tuple[Exchange, ...]
    refused: Exchange | None
    waited: float = 0.0
    after: Exchange | None = None


def asked(target: Target, token: str = "") -> Exchange:
    """One cheap request of a limited route, sent now and whatever the quota."""
    path = remembered(target, "cheap path", lambda: f"Patient/{Sample(target).patient()['id']}")
    options = {"token": token} if token else {}
    return target.send("GET", path, paced=False, patient=False, **options)


def decision_of(exchange: Exchange) -> Decision:
    """When it was decided: as the target says, else between sending and receiving."""
    told = _DECIDED.match(exchange.headers.get("X-Mock-Decided-At", ""))
    if told:
        return Decision(float(told[1]), float(told[1]), exchange.status != 429)
    return Decision(exchange.sent_at, exchange.received_at, exchange.status != 429)


def policy(target: Target) -> tuple[int, float] | None:
    """Quota and window (s) of the shortest limit: as the target declares it, else the mission's; None if unknown."""
    listed = members(asked_once(target).headers.get("RateLimit-Policy", "")) or []
    told = [(whole(each.parameters.get("q")), whole(each.parameters.get("w"))) for each in listed]
    short = [(q, float(w)) for q, w in told if q and w and w <= 60]
    if short:
        return min(short, key=lambda pair: pair[1])
    return (16, 2.0) if target.profile.name == "mission" else None


def asked_once(target: Target) -> Exchange:
    """A request within the quota, for what every answer says of limits."""
    return target.get(remembered(target, "cheap path", lambda: f"Patient/{Sample(target).patient()['id']}"))


def burst(target: Target) -> Burst:
    """The burst, once in a run; skipped where the target counts nothing."""

    def run() -> Burst:
        policy(target)
        target.pacer.settle()
        sent: list[Exchange] = []
        while len(sent) < _MOST and (not sent or sent[-1].status != 429):
            sent.append(asked(target))
        if sent[-1].status != 429:
            return Burst(tuple(sent), None)
        wait = told_wait(sent[-1])
        if wait > _LONGEST:
            return Burst(tuple(sent[:-1]), sent[-1])
        target.clock.sleep(wait)
        return Burst(tuple(sent[:-1]), sent[-1], wait, asked(target))

    return remembered(target, "burst", run)


def refusal(target: Target) -> tuple[Burst, Exchange]:
    """The burst and its 429; skipped where none came."""
    found = burst(target)
    if found.refused is None:
        skip(f"no request of {len(found.admitted)} sent at once was refused")
    return found, found.refused


def told_wait(refused: Exchange) -> float:
    """Seconds that a refusal asks to wait, by Retry-After or RateLimit-Reset; 2 where it says nothing."""
    told = [whole(refused.headers.get(name)) for name in ("Retry-After", "RateLimit-Reset")]
    return float(next((seconds for seconds in told if seconds is not None), 2))
