"""One burst to the limit, and what came of it: everything about 429 is read off the same requests."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.asking import control, emulated, posted, remembered
from athena_fhir_conformance.flows.tokens import granted, service, stranger, token_endpoint
from athena_fhir_conformance.flows.waiting import whole_quota
from athena_fhir_conformance.judges.decisions import Decision
from athena_fhir_conformance.judges.limit_fields import members, whole
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import USUAL, Target
from athena_fhir_conformance.verdicts import skip

_DECIDED = re.compile(r"([0-9]+\.[0-9]+)")
_BEYOND = 40  # requests after which we give up to find a limit that nobody declares
_MOST = 200
_LONGEST = 130.0  # seconds that are waited after a refusal
_BEFORE = 0.3  # seconds between the first request of a burst and the others, so that no wait is a whole number
_PAUSE = 0.5  # seconds after the first refusal until the refused ask again
_AIR = 2e-6  # seconds between requests beyond an even spacing: floats of Unix time are not exact
NARROW = "system/Patient.rs"


@dataclass(frozen=True)
class Refusals:
    """What was asked while the caller was refused.

    Attributes:
        more: the same request, some times, half a second later.
        other: the same with the token of another client; None where there is no other client.
        free: metadata, SMART configuration, a token.
        kick_off: of an export.
        begun: export jobs that exist because of it; None where nobody can count them.
    """

    more: tuple[Exchange, ...]
    other: Exchange | None
    free: tuple[Exchange, ...]
    kick_off: Exchange
    begun: int | None


@dataclass(frozen=True)
class Burst:
    """Requests sent one after another until one was refused, and one more after the wait that it was told.

    Attributes:
        admitted: those before the refusal.
        refused: the first that was no success, or None if none came.
        meanwhile: what was asked until the wait was over.
        waited: seconds from the refusal to ``after``.
        after: the request after that wait.
    """

    admitted: tuple[Exchange, ...]
    refused: Exchange | None
    meanwhile: Refusals | None = None
    waited: float = 0.0
    after: Exchange | None = None

    @property
    def crowded(self) -> bool:
        """Whether some that were asked during the wait were admitted: the machine is slow, and they took the room."""
        return self.meanwhile is not None and any(each.ok for each in self.meanwhile.more)


def path(target: Target) -> str:
    """A cheap request of a limited route: a patient's read."""
    return f"Patient/{Sample(target).patient()['id']}"


def asked(target: Target, where: str, token: str = USUAL) -> Exchange:
    """One request, sent now and whatever the quota."""
    return target.send("GET", where, paced=False, patient=False, token=token)


def usual_answer(target: Target) -> Exchange:
    """An answer within the quota, for what every answer says of limits."""
    return target.get(path(target))


def decision_of(exchange: Exchange) -> Decision:
    """When it was decided: as the target says, else between sending and receiving."""
    told = _DECIDED.match(exchange.headers.get("X-Mock-Decided-At", ""))
    if told:
        return Decision(float(told[1]), float(told[1]), exchange.ok)
    return Decision(exchange.sent_at, exchange.received_at, exchange.ok)


def policy(target: Target) -> tuple[int, float] | None:
    """Quota and window (s) of the shortest limit: the mission's, else as declared; None if unknown."""
    if target.profile.name == "mission":
        return 16, 2.0
    listed = members(usual_answer(target).headers.get("RateLimit-Policy", "")) or []
    told = [(whole(each.parameters.get("q")), whole(each.parameters.get("w"))) for each in listed]
    short = [(q, float(w)) for q, w in told if q and w and w <= 60]
    if short:
        return min(short, key=lambda pair: pair[1])
    limit = whole(usual_answer(target).headers.get("X-RateLimit-Limit"))
    return (limit, 1.0) if limit and limit < _MOST else None


def burst(target: Target) -> Burst:
    """The burst, once in a run."""
    return remembered(target, "burst", lambda: _burst(target))


def _burst(target: Target) -> Burst:
    known, where = policy(target), path(target)
    stranger = _other_token(target)
    whole_quota(target)
    sent = [asked(target, where)]
    target.clock.sleep(_BEFORE)
    most = _MOST if known and polite(target, known[0]) else _BEYOND
    while len(sent) < most and sent[-1].ok:
        sent.append(asked(target, where))
    refused = sent[-1]
    if refused.ok:
        return Burst(tuple(sent), None)
    meanwhile = _refused(target, where, stranger, min(known[0], 16) if known else 3)
    wait = max(told_wait(refused) - (target.clock.now() - refused.received_at), 0.0)
    if wait > _LONGEST:
        return Burst(tuple(sent[:-1]), refused, meanwhile)
    target.clock.sleep(wait)
    after = asked(target, where)
    if known and after.ok and len(meanwhile.more) >= known[0]:  # a quota of refusals within its window
        target.pacer.refusals_are_free()
    return Burst(tuple(sent[:-1]), refused, meanwhile, told_wait(refused), after)


def _refused(target: Target, where: str, stranger: str, times: int) -> Refusals:
    other = asked(target, where, stranger) if stranger else None
    before = _jobs(target)
    kick_off = target.send(
        "GET", exports.level(target), headers=exports.ASYNC, params={"_type": "Patient"}, paced=False, patient=False
    )
    free = tuple(asked(target, each, "") for each in ("metadata", ".well-known/smart-configuration"))
    proof, basic = service(target).proof(target)
    form = {"grant_type": "client_credentials", "scope": NARROW, **proof}
    token = posted(target, token_endpoint(target), form, auth=basic, paced=False)
    target.clock.sleep(_PAUSE)
    more = tuple(asked(target, where) for _ in range(times))
    exports.cancelled(target, kick_off)
    begun = None if before is None else (_jobs(target) or 0) - before
    return Refusals(more, other, (*free, token), kick_off, begun)


def _jobs(target: Target) -> int | None:
    return len(control(target, "GET", "jobs").get("jobs", [])) if emulated(target) else None


def _other_token(target: Target) -> str:
    """A token of another client; empty where there is none."""
    if not (emulated(target) or "stranger" in target.manners.clients):
        return ""
    other = stranger(target)
    answer = granted(target, NARROW, other)
    return str(answer.json["access_token"]) if answer.status == 200 else ""


def refusal(target: Target) -> tuple[Burst, Exchange]:
    """The burst and its 429; skipped where none came."""
    found = burst(target)
    if found.refused is None or found.refused.status != 429:
        skip(f"no request of {len(found.admitted)} sent at once was refused with 429: see the check of that")
    return found, found.refused


def meanwhile(target: Target) -> Refusals:
    """What was asked while the caller was refused; skipped where nobody was."""
    found, _ = refusal(target)
    return found.meanwhile or skip("nothing was asked while the caller was refused")


def told_wait(refused: Exchange) -> float:
    """Seconds that a refusal asks to wait, by Retry-After or RateLimit-Reset; 2 where it says nothing."""
    told = [whole(refused.headers.get(name)) for name in ("Retry-After", "RateLimit-Reset")]
    return float(next((seconds for seconds in told if seconds is not None), 2))


def polite(target: Target, quota: int) -> bool:
    """Whether a burst of the whole quota may be sent: anything to an emulator, and a few requests to anybody."""
    return target.clock.virtual or quota < _BEYOND


def across_a_boundary(target: Target) -> tuple[Exchange, ...]:
    """One request, the rest of the quota shortly before the window is over, all of it shortly after, and once more.

    Windows that stand still, whether counted from 1970 or from the first request, admit nearly twice the quota here,
    and a bucket one or two more; a window that slides admits one request after the boundary. None of the last requests
    is admitted, unless the window is shorter than it should be.
    """
    known = policy(target)
    if known is None:
        skip("neither quota nor window is known")
    if not polite(target, known[0]):
        skip(f"two bursts of {known[0]} requests are too many for a sandbox")
    return remembered(target, "boundary", lambda: _across(target, *known))


def _across(target: Target, quota: int, window: float) -> tuple[Exchange, ...]:
    where = path(target)
    whole_quota(target)
    target.clock.sleep(window - target.clock.now() % window)
    sent = [asked(target, where)]
    target.clock.sleep(window - 0.1)
    sent += [asked(target, where) for _ in range(quota - 1)]
    target.clock.sleep(0.2)
    sent += [asked(target, where) for _ in range(quota)]
    target.clock.sleep(0.7 * window)
    sent += [asked(target, where) for _ in range(quota)]
    return tuple(sent)


def sustained(target: Target, seconds: float) -> tuple[Exchange, ...]:
    """The quota evenly spaced, so many seconds long; the first of it as there is room after what was sent before."""
    known = policy(target)
    if known is None:
        skip("neither quota nor window is known")
    quota, window = known

    def run() -> tuple[Exchange, ...]:
        where = path(target)
        sent = [target.send("GET", where, paced=True, patient=False)]
        for number in range(1, round(seconds * quota / window)):
            target.clock.sleep(window / quota + _AIR)
            sent.append(target.send("GET", where, paced=number < quota, patient=False))
        return tuple(sent)

    return remembered(target, "sustained", run)


def decisions(exchanges: Sequence[Exchange]) -> list[Decision]:
    """When each was decided, in the order in which they were sent."""
    return [decision_of(each) for each in exchanges]
