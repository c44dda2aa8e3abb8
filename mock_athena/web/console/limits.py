"""Who has used how much of its quota, who else spends it, and when the next call is admitted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ControlError, shortened
from mock_athena.journal import LOOKED_THROUGH, Entry
from mock_athena.ratelimit import Decision, Policy, QuotaKey
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.explain import described, explanation
from mock_athena.web.console import words
from mock_athena.web.console.console import Console
from mock_athena.web.console.envelope import HEIGHT, LONGEST_WINDOW, WIDTH, Plot, plot

PATH = "/console/limits"
MOST = 8
"""So many callers are shown."""

SPANS = ("10", "30", "60")
ORDERS = ("recent", "scarcest")
_ASKED_FOR = 200  # of those who came lately, so many are looked at
_SPENDERS = 3


@dataclass(frozen=True, slots=True)
class _Caller:
    """One caller, as it stands now.

    Attributes:
        spenders: (who, how many admitted), of what the journal looked through.
    """

    standing: Decision
    plot: Plot
    spenders: list[tuple[str, int]]


def limits(console: Console, rest: str) -> Response:
    """The policy, and the callers."""
    if rest:
        raise ControlError(f"There is no screen {shortened(PATH + '/' + rest, 100)!r}.", status=404)
    return console.act({"reset": _reset}) if request.method == "POST" else _shown(console)


def _reset(console: Console, _: Parameters) -> Response:
    console.world.limiter.reset()
    return console.done(PATH, "Every caller has its whole quota again.")


def _shown(console: Console) -> Response:
    world, policy = console.world, console.world.limiter.policy
    search = request.args.get("search", "").strip()
    seconds, order = _chosen("span", SPANS), _chosen("order", ORDERS)
    everybody = bool(search) or "all" in request.args
    lately = _lately(console, int(seconds))
    standings = _standings(console, search, order, list(lately), everybody=everybody)
    callers = [
        _caller(console, standing, lately.get(str(standing.key), []), int(seconds)) for standing in standings[:MOST]
    ]
    return console.show(
        "limits.html",
        policy=policy,
        parts_of=[(_part(policy, part), [described(each) for each in part.limits]) for part in policy.parts],
        explained=_explained(policy),
        callers=callers,
        found=len(standings),
        most=MOST,
        search=search,
        span=seconds,
        spans=SPANS,
        order=order,
        orders=ORDERS,
        everybody=everybody,
        every=5000 if everybody else 1000,  # who asks for all has the counters held for as long as that takes
        now=world.clock.now(),
        looked=LOOKED_THROUGH,
        fair=world.settings.retry_after == "fair",
        width=WIDTH,
        height=HEIGHT,
        words=words,
    )


def _chosen(name: str, among: tuple[str, ...]) -> str:
    value = request.args.get(name) or among[0]
    if value not in among:
        raise ControlError(f"{name}={shortened(value, 40)!r}: expected one of {', '.join(among)}.")
    return value


def _lately(console: Console, seconds: int) -> dict[str, list[Entry]]:
    """Whose quotas were asked for lately, the latest first; of each the decisions for a picture, in their order."""
    since = console.world.clock.now() - (seconds + LONGEST_WINDOW) * NANOSECONDS
    found: dict[str, list[Entry]] = {}
    for entry in console.world.journal.latest(LOOKED_THROUGH, lambda entry: bool(entry.quota)).entries:
        of_quota = found.setdefault(entry.quota, [])
        if entry.instant >= since:
            of_quota.append(entry)
    return {quota: entries[::-1] for quota, entries in found.items()}


def _standings(console: Console, search: str, order: str, lately: list[str], *, everybody: bool) -> list[Decision]:
    keys = [key for label in lately[:_ASKED_FOR] if (key := QuotaKey.from_text(label))]
    # Where the journal tells of nobody, as after a restart, whoever counts may still know somebody.
    standings = console.world.limiter.standings(None if everybody or not keys else keys)
    found = [each for each in standings if search.casefold() in str(each.key).casefold()]
    if order == "scarcest":
        return sorted(found, key=_room)
    place = {label: at for at, label in enumerate(lately)}
    return sorted(found, key=lambda each: place.get(str(each.key), len(place)))


def _room(standing: Decision) -> tuple[int, float]:
    """Who has to wait longest first, then who has least left."""
    left = (each.remaining / each.quota for each in standing.allowances)
    return -standing.wait, min(left, default=1.0)


def _caller(console: Console, standing: Decision, entries: Sequence[Entry], seconds: int) -> _Caller:
    engine = _engines(console.world.limiter.policy).engine_for(standing.key)
    return _Caller(standing, plot(engine, entries, standing.instant, seconds, standing.wait), _spenders(entries))


def _spenders(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    spent: Counter[str] = Counter()
    for entry in entries:
        if entry.verdict == "admitted":
            whose = f" for patient {entry.patient}" if entry.patient else ""
            spent[f"{entry.client_id or 'nobody known'}{whose} from {entry.remote}"] += entry.cost
    return spent.most_common(_SPENDERS)


def _part(whole: Policy, part: Policy) -> str:
    if part is whole:
        return f"For each {part.per}"
    if part is whole.sandbox:
        return f"In the sandbox, for each {part.per}"
    return "At the token endpoint, for each client"


@lru_cache(maxsize=4)
def _engines(policy: Policy) -> Engines:
    return Engines(policy)


@lru_cache(maxsize=4)
def _explained(policy: Policy) -> str:
    return explanation(policy)
