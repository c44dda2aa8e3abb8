"""Everything that is asked of a target, in this order, and what was found.

The limit, whose it is, what spends it, whether refusals lock out, what the token endpoint admits, and whether what the
server says is true.

Each question costs probes; when the purse is empty the rest is not asked, and said to be not asked.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from athena_fhir_conformance.limits.belief import Belief
from athena_fhir_conformance.limits.confirming import confirmed
from athena_fhir_conformance.limits.elsewhere import memory_of
from athena_fhir_conformance.limits.families import INSTANT, Model
from athena_fhir_conformance.limits.findings import Findings, Lock, Per, Target
from athena_fhir_conformance.limits.honesty import honesty_of
from athena_fhir_conformance.limits.identifying import Purse, Say, identify, lock_of, padding
from athena_fhir_conformance.limits.observation import Observation, Prober
from athena_fhir_conformance.limits.told import (
    lock_in_words,
    shortened,
    told_limits,
    told_quota,
    told_remaining,
    told_wait,
)

_REFUSALS = 20  # in a row: whoever locks out does so before, mostly
_PENALTY_STEPS = (5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_SPARE = 5
_TRIES = 3
_ENOUGH = 4  # requests that are admitted in a row, and it is another's quota
_CONNECTIONS = 6
_MANY = 60  # requests, some of which are refused
_TOKENS_UNTOLD = 12  # token requests, where nothing says that they are limited
_TOKEN_SECONDS = 200.0


def investigate(target: Target, purse: Purse, say: Say) -> Findings:
    """Ask everything, as far as the purse allows."""
    found = Findings()
    begun = target.main.now()
    say("How many requests are admitted at once, and when again?")
    burst = found.burst = identify(target.main, purse, say)
    found.seen = burst.belief.seen
    if burst.end == "failed":
        found.problem = _problem(burst.belief)
    else:
        for question in (_tell, _concurrency, _counters, _keying, _costs, _lockout, _tokens):
            question(target, purse, found, say)
        found.burst = confirmed(found, found.burst)
        if found.model:
            found.honesty = honesty_of(found.seen, found.model, found.unknown)
        elif found.burst.end == "contradicted":
            _forget(found)
            _alternation(target, purse, found, say)
    found.probes, found.seconds = target.main.spent, target.main.now() - begun
    return found


def _forget(found: Findings) -> None:
    """What was learned with a hypothesis in hand that turned out to be wrong."""
    found.per, found.per_evidence, found.costs, found.lock = None, "", {}, None
    found.not_asked, found.several_counters = {}, False


def _problem(belief: Belief) -> str:
    last = belief.failures[-1] if belief.failures else None
    if last is None or last.status == 0:
        return "the server does not answer" + (f": {last.body}" if last and last.body else "")
    if last.status == 401:
        return "the server answers 401: the token is missing, expired or not accepted"
    if 300 <= last.status < 400:
        place = last.headers.get("location", "nowhere")
        return f"the server redirects to {shortened(place)}, where nothing is sent; --probe PATH names what it answers"
    if last.status == 403:
        return "the server answers 403: this client may not ask that; say with --probe PATH what it may"
    return f"the server answers {last.status}, again and again: while it is out of order, its limits cannot be learned"


def _tell(target: Target, purse: Purse, found: Findings, say: Say) -> None:  # noqa: ARG001
    """Limits that the server names and nobody can reach in the time there is."""
    model = found.model
    latest = next((each for each in reversed(found.seen) if told_limits(each)), None)
    for limit in told_limits(latest) if latest else ():
        if model is None or (limit.quota, limit.window) != (model.quota, round(model.window)):
            found.told.append(limit)


def _concurrency(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """Only where nothing else was met: requests that overlap."""
    if found.burst is None or found.burst.end != "unlimited":
        return
    unbounded = next((limit for limit in found.told if not limit.window), None)
    say("No limit was met one after the other. And several requests at the same time?")
    count = min(purse.left, (unbounded.quota + 8) if unbounded else 64)
    if count < 2:
        found.not_asked["requests in flight"] = "the budget is spent"
        return
    seen = target.overlapping(count)
    admitted = sum(each.verdict == "admitted" for each in seen)
    refused = sum(each.verdict == "refused" for each in seen)
    lowest = min((left for each in seen if (left := told_remaining(each)) is not None), default=None)
    if refused:
        found.in_flight, found.in_flight_checked = (unbounded.quota if unbounded else admitted), admitted
    elif unbounded and lowest is not None and lowest < unbounded.quota - 1:
        found.in_flight, found.in_flight_checked = unbounded.quota, unbounded.quota - lowest
    if found.in_flight and unbounded:
        found.told.remove(unbounded)


def _exhausted(prober: Prober, purse: Purse, model: Model, found: Findings, more: int = 0) -> bool:
    """Use up the quota; False if that, and so many requests more, cannot be afforded."""
    if model.quota + 3 + more > purse.left or memory_of(model) + 1 > purse.seconds:
        return False
    prober.wait_until(_free(model, prober.now()))
    seen = prober.send(model.quota + 3, until_refused=True, at_once=8 if model.quota > 40 else 1)
    if found.unknown_since is not None:  # ended by an instant of the decisions, which our clock is not
        found.breaks.append((found.unknown_since, seen[0].earliest - INSTANT))
        found.unknown_since = None
    _note(found, model, seen)
    return any(each.verdict == "refused" for each in seen)


def _free(model: Model, now: float) -> float:
    """When nothing is used any more."""
    return now + memory_of(model) + 0.05


def _note(found: Findings, model: Model, seen: Sequence[Observation]) -> None:
    found.seen += seen
    for each in seen:
        if each.verdict != "failed":
            model.follow((each.earliest + each.latest) / 2, each.verdict == "admitted")


def _counters(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """With the quota used up, the same is asked over new connections: each worker process may count for itself."""
    model, prober = found.model, target.variants.get("connection")
    if model is None or prober is None or not _sound(found):
        return
    say("Is it one counter, whatever connection is used?")
    if not _exhausted(target.main, purse, model, found, _CONNECTIONS + 1):
        found.not_asked["whether there is one counter"] = "the budget is spent"
        return
    begun, seen = found.seen[-1].latest, prober.send(_CONNECTIONS)
    admitted = sum(each.verdict == "admitted" for each in seen)
    if admitted <= model.room(seen[-1].latest):
        _note(found, model, seen)
        return
    found.unknown_since = begun + INSTANT
    found.several_counters = target.main.send()[0].verdict == "refused"


def _alternation(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """Where nothing fits: does it change its mind from one request to the next?"""
    if purse.left < _MANY:
        return
    say("Does it change its mind from one request to the next?")
    seen = target.variants.get("connection", target.main).send(_MANY)
    found.alternates = [verdict for verdict, _ in groupby(each.verdict for each in seen)].count("refused") > 1


def _keying(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """With the quota used up, somebody else asks: who is refused shares it."""
    model = found.model
    if model is None or not _sound(found):
        return
    others = {name: prober for name, prober in target.variants.items() if name in ("token", "address", "client")}
    if found.several_counters:
        found.not_asked["whose quota it is"] = "it has several counters, so that nobody can tell"
        return
    if not others:
        found.not_asked["whose quota it is"] = "there is one token and no second client to compare it with"
        return
    say("Whose quota is it?")
    if not _exhausted(target.main, purse, model, found, len(others) * (_ENOUGH + 1)):
        found.not_asked["whose quota it is"] = "the budget is spent"
        return
    shares = {name: _shares(target.main, prober, model, found) for name, prober in others.items()}
    found.per, found.per_evidence = _per(shares)


def _shares(main: Prober, prober: Prober, model: Model, found: Findings) -> bool | None:
    """Whether somebody spends the same quota; None where it came back too fast to say."""
    seen = prober.send(min(_ENOUGH, model.quota), until_refused=True)
    admitted = sum(each.verdict == "admitted" for each in seen)
    failed = any(each.verdict == "failed" for each in seen)
    came_back = model.room(seen[-1].latest)
    if admitted and found.unknown_since is None:  # nobody knows whose it was until nothing of it counts any more
        found.unknown_since = seen[0].earliest - INSTANT
    if failed or (admitted and admitted <= came_back):
        return None
    if admitted > came_back + 1 or (admitted and not came_back):
        check = main.send()  # only if it is still used up, that somebody else was admitted says something
        found.seen += check
        return False if check[0].verdict == "refused" or admitted > 1 else None
    _note(found, model, seen)
    return True if seen[-1].verdict == "refused" and not admitted else None


def _per(shares: dict[str, bool | None]) -> tuple[Per | None, str]:
    if shares.get("token") is False:
        return "token", "a second token of the same client was admitted while the first was refused"
    if shares.get("address") is False:
        return "address", "the same client was admitted from another address while it was refused from the first"
    if None in shares.values():
        return None, ""
    if shares.get("client"):
        return ("practice" if shares.get("address") else "address"), "another client was refused as well"
    if shares.get("client") is False:
        return "client", "another client was admitted while the first was refused with every token"
    if shares.get("address"):
        return "client", "it is refused with every token and from every address; a second client was not tried"
    return "client", "it is refused with a second token as well; neither another address nor a client was tried"


def _sound(found: Findings) -> bool:
    return found.burst is not None and found.burst.end in ("sure", "alike", "spent")


def _costs(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """With the quota used up, other routes are asked: who is answered costs nothing. Then what one of them leaves."""
    model = found.model
    if model is None or not _sound(found) or not target.routes:
        return
    say("Which routes cost what?")
    if not _exhausted(target.main, purse, model, found, 2 * len(target.routes)):
        found.not_asked["what routes cost"] = "the budget is spent"
        return
    charged = [name for name, prober in target.routes.items() if _is_charged(name, prober, target, purse, found)]
    for name in charged:
        found.costs[name] = _units(target.routes[name], target.main, purse, model, found)


def _is_charged(name: str, prober: Prober, target: Target, purse: Purse, found: Findings) -> bool:
    """Whether a route is refused with the quota used up. An answer is only believed if it is still used up after it."""
    model = found.model
    for _ in range(_TRIES):
        room = model is None or model.room(target.main.now() + 2 * padding(found.seen))
        if model is None or purse.left < 2 or (room and not _exhausted(target.main, purse, model, found, 2)):
            break
        answer = prober.send()[0]
        if answer.verdict == "failed":
            found.not_asked[f"what {name} costs"] = f"it was answered with {answer.status or 'nothing'}"
            return False
        if answer.verdict == "refused":
            _note(found, model, [answer])
            return True
        full = not model.room(answer.latest)
        check = target.main.send()
        if found.unknown_since is None:  # it may have been charged
            found.unknown_since = found.seen[-1].latest + INSTANT
        _note(found, model, check)
        if check[0].verdict == "refused" and full:
            found.costs[name] = 0
            return False
    found.not_asked[f"what {name} costs"] = "the budget is spent"
    return False


def _units(prober: Prober, main: Prober, purse: Purse, model: Model, found: Findings) -> int | None:
    """How many units one request of a route spends: by what is told to be left, else by what can be sent after it."""
    if model.quota + 2 > purse.left or purse.seconds < memory_of(model) + 1:
        return None
    main.wait_until(_free(model, main.now()))
    other = prober.send()[0]
    if other.verdict != "admitted":
        return None
    remaining = told_remaining(other)
    told = model.quota - remaining if remaining is not None and told_quota(other) in (None, model.quota) else None
    instant = (other.earliest + other.latest) / 2
    model.spend(instant, told or 1)
    units = told if told is not None or model.kind == "token-bucket" else _missing(main, model, found)
    if units is None and found.unknown_since is None:
        found.unknown_since = instant - INSTANT
    found.otherwise.append((instant, units or 0))
    return units


def _missing(main: Prober, model: Model, found: Findings) -> int | None:
    """Of a quota that was whole, how much is not there any more."""
    left = main.send(model.quota + 1, until_refused=True, at_once=8 if model.quota > 40 else 1)
    _note(found, model, left)
    units = model.quota - sum(each.verdict == "admitted" for each in left)
    return units if units >= 1 else None  # a window may have ended meanwhile


def _lockout(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """Refused again and again: does it get worse?"""
    model, burst = found.model, found.burst
    if model is None or burst is None or burst.end == "failed":
        return
    if burst.locked is None:
        say("And who does not stop?")
        if not _exhausted(target.main, purse, model, found):
            found.not_asked["whether refusals lock out"] = "the budget is spent"
            return
        _knock(target, purse, found)
    locked = lock_of(found.seen)
    if locked:
        found.lock = _measured(locked, target, purse, found, say)
        return
    ready = max(model.ready(target.main.now()), target.main.now())
    target.main.wait_until(ready + 3 * padding(found.seen))
    answer = target.main.send()
    _note(found, model, answer)
    if answer and answer[0].verdict == "refused":
        others = confirmed(found, burst)
        if others.end != "contradicted":  # another hypothesis that was not ruled out yet explains it
            found.burst = others
            return
        found.lock = _measured(answer[0], target, purse, found, say)


def _knock(target: Target, purse: Purse, found: Findings) -> None:
    model = found.model
    for _ in range(_REFUSALS):
        if model is None or purse.left < 3 or lock_of(found.seen):
            return
        seen = target.main.send()
        _note(found, model, seen)


def _measured(locked: Observation, target: Target, purse: Purse, found: Findings, say: Say) -> Lock | None:
    """How long it lasts: as told if that is soon enough to be seen, else by trying."""
    words, told = lock_in_words(locked), told_wait(locked)
    earlier = [each for each in found.seen if each.verdict == "refused" and each.latest <= locked.latest]
    refusals, window = words or (len(earlier), None)
    if told is not None:
        end = locked.latest + told
        if end - target.main.now() + 1 > purse.seconds or not purse.left:
            return Lock(refusals, window, told, checked=False)
        say(f"Locked out. Waiting {told:g} s for the end of it")
        target.main.wait_until(end - min(2.0, told / 10))
        before = target.main.send()[0]
        target.main.wait_until(end + 3 * padding(found.seen))
        after = target.main.send()[0]
        found.seen += [before, after]
        if before.verdict == "admitted" and words is None:
            return None  # what it said was wrong, or of something else
        return Lock(refusals, window, told, checked=(before.verdict, after.verdict) == ("refused", "admitted"))
    for step in _PENALTY_STEPS:
        if step + 1 > purse.seconds or not purse.left:
            return None
        target.main.wait_until(locked.latest + step)
        answer = target.main.send()[0]
        found.seen.append(answer)
        if answer.verdict == "admitted":
            return Lock(refusals, window, float(step), checked=False)
    return None


def _tokens(target: Target, purse: Purse, found: Findings, say: Say) -> None:
    """The token endpoint has limits of its own, if any."""
    prober = target.tokens
    if prober is None:
        return
    say("Does the token endpoint have a limit of its own?")
    if not purse.left:
        found.not_asked["the token endpoint"] = "the budget is spent"
        return
    first = prober.send()
    found.token_answers = list(first)
    named = first[0].headers if first else {}
    told = any("ratelimit" in name for name in named)
    quota = told_quota(first[0]) if first else None
    if quota is not None and quota + _SPARE > purse.left:
        found.not_asked["the token endpoint"] = f"it says {quota}, which is beyond what is left of the budget"
        return
    most = purse.left if told else min(purse.left, _TOKENS_UNTOLD)
    if most < 6:
        found.not_asked["the token endpoint"] = "the budget is spent"
        return
    part = Purse(prober, prober.spent + most, min(purse.until, prober.now() + _TOKEN_SECONDS))
    found.tokens = identify(prober, part, say)
    found.token_answers += found.tokens.belief.seen


Question = Callable[[Target, Purse, Findings, Say], None]
