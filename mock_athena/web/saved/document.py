"""A snapshot as a JSON document: what an emulator holds beyond what it began with.

::

    {"format": "mock-athena-snapshot/1",
     "base": {"profile": …, "limits": …, "production": [commit, last updated, last key], "sandbox": […]},
     "taken": unix nanoseconds, "clock": {"instant": unix nanoseconds, "stands": bool},
     "environments": {"production": {"changes": [[commit, last updated, type, id, JSON]],
                                     "jobs": [[kind, id, value]]}, "sandbox": …},
     "state": [[kind, id, value, expires]],
     "limits": [[[environment, kind, id, bucket], [words]]] or null,
     "faults": [{"rule": …, "seed": …, "number": …, "armed_at": …, "matched": …, "struck": …, "first_struck": …}]}

It can only be restored where the ``base`` is the same: with the same data at the start, profile and limits. The
journal is not part of it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args

from mock_athena.auth import intact as signed
from mock_athena.errors import ControlError, DataError, shortened
from mock_athena.export.intact import require_intact
from mock_athena.ratelimit.counters import Spent
from mock_athena.ratelimit.decision import Bucket, Kind, QuotaKey
from mock_athena.ratelimit.engine import Engines
from mock_athena.state import Entry
from mock_athena.state.shapes import End, fits
from mock_athena.store import changes
from mock_athena.store.changes import Change
from mock_athena.web.portal import visits
from mock_athena.web.world import World

if TYPE_CHECKING:
    from mock_athena.faults.rules import ArmedRule, Rule

FORMAT = "mock-athena-snapshot/1"

_DAMAGES = (KeyError, TypeError, ValueError, AttributeError, DataError)

Document = dict[str, Any]
Jobs = list[tuple[str, str, Any]]


class Saved(NamedTuple):
    """A document that was read: everything in it is what it is expected to be.

    Attributes:
        environments: by name, what was written there and what is kept of the export jobs.
        limits: None where whoever counted could not tell.
    """

    instant: int
    stands: bool
    environments: Mapping[str, tuple[list[Change], Jobs]]
    state: list[Entry]
    limits: list[Spent] | None
    faults: "list[ArmedRule]"


def taken(world: World) -> Document:
    """The emulator as it is now. Requests that are being answered meanwhile may be in it, or not."""
    return {
        "format": FORMAT,
        "base": _base(world),
        "taken": world.clock.wall(),
        "clock": {"instant": world.clock.now(), "stands": world.clock.stands},
        "environments": {
            name: {
                "changes": [list(each) for each in environment.store.changes()],
                "jobs": environment.exports.kept.everything(),
            }
            for name, environment in world.environments.items()
        },
        "state": [list(entry) for entry in world.state.everything()],
        "limits": world.limiter.spent(),
        "faults": [_told(armed) for armed in world.faults.armed],
    }


def at_start(world: World) -> Document:
    """The emulator as a reset leaves it."""
    return {
        "format": FORMAT,
        "base": _base(world),
        "taken": 0,
        "clock": {"instant": world.clock.started, "stands": False},
        "environments": {name: {"changes": [], "jobs": []} for name in world.environments},
        "state": [],
        "limits": [],
        "faults": [_rule(rule) for rule in world.faults.at_start],
    }


def read(world: World, document: object) -> Saved:
    """A document that can be restored in this emulator.

    Raises:
        ControlError: it is no snapshot (400), or one of an emulator that began otherwise (409).
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        message = 'not a snapshot: expected a JSON object with "format": "' + FORMAT + '"'
        raise ControlError(message)
    _require_same_base(world, document.get("base"))
    try:
        _instant(document["taken"])
        _require_only(world.environments, document["environments"])
        return Saved(
            _instant(document["clock"]["instant"]),
            _bool(document["clock"]["stands"]),
            {name: _environment(document["environments"][name]) for name in world.environments},
            [_entry(each) for each in document["state"]],
            _limits(world, document["limits"]),
            [_armed(each) for each in document["faults"]],
        )
    except _DAMAGES as error:
        raise _damaged(error) from None


def restore(world: World, saved: Saved) -> None:
    """Let the emulator be as it was when the snapshot was taken, or leave it as it is; the journal begins anew.

    Whoever begins to read meanwhile sees the data as they are or as they were, whoever writes does so before or
    after; whoever began before may, as with a reset, still be shown what was there at the start. A clock that ran
    then, or runs now, is not moved: only one that stood, and stands.

    Raises:
        ControlError: the snapshot is damaged (400), or of what cannot be restored here (409).
    """
    with ExitStack() as together:
        try:
            for name, (written, jobs) in saved.environments.items():
                environment = world.environments[name]
                numbers = together.enter_context(environment.store.restoring(written))
                environment.exports.kept.replace(jobs, _renumbering(numbers))
        except _DAMAGES as error:
            raise _damaged(error) from None
        world.faults.replace(saved.faults)
        world.authorization.reset()
        world.state.replace(saved.state)
    stood = world.clock.stands
    world.clock.reset()
    if saved.stands and stood:
        world.clock.stand_at(saved.instant)
    world.limiter.replace(saved.limits or [])
    world.journal.reset()


def _renumbering(numbers: Mapping[int, int]) -> Callable[[int], int]:
    """From the number of a commit when the snapshot was taken to its number now.

    What is seen at a number without a commit of its own is what is seen at the one before.
    """
    before = sorted(numbers)
    return lambda seq: numbers[before[max(bisect_right(before, seq), 1) - 1]]


def _base(world: World) -> dict[str, Any]:
    """What must be the same where a snapshot is restored."""
    origins = {name: list(environment.store.origin) for name, environment in world.environments.items()}
    return {"profile": world.profile.name, "limits": world.limiter.policy.name, **origins}


def _require_same_base(world: World, base: object) -> None:
    here = _base(world)
    there = base if isinstance(base, dict) else {}
    other = [
        f"{name} {shortened(str(there.get(name)), 60)}, not {value}"
        for name, value in here.items()
        if there.get(name) != value
    ]
    if other:
        message = (
            f"the snapshot was taken of an emulator that began otherwise ({'; '.join(other)}): start with the same "
            "--data, --patients, --seed, --as-of, --profile and --limits"
        )
        raise ControlError(message, status=409)


def _environment(told: Any) -> tuple[list[Change], Jobs]:
    written = [changes.from_json(each) for each in told["changes"]]
    for one, other in pairwise(written):
        if one.seq > other.seq:
            raise _expected(f"a commit not before {one.seq}", other.seq)
    return written, [_job(each) for each in told["jobs"]]


def _job(told: Any) -> tuple[str, str, Any]:
    match told:
        case [str() as kind, str() as id, value]:
            require_intact(kind, value)
            return _text(kind), _text(id), value
    raise _expected("[kind, id, value]", told)


def _entry(told: Any) -> Entry:
    match told:
        case [str() as kind, str() as id, value, int() | None as expires]:
            if not (signed.is_intact(kind, id, value) or visits.is_intact(kind, value)):
                raise _expected(f"what is kept as {shortened(kind, 40)!r}", value)
            return Entry(_text(kind), _text(id), value, None if expires is None else _instant(expires, End))
    raise _expected("[kind, id, value, expires]", told)


def _limits(world: World, told: Any) -> list[Spent] | None:
    if told is None:
        return None
    engines, now = Engines(world.limiter.policy), world.clock.now()
    return [_spent(world, engines, now, *each) for each in told]


def _spent(world: World, engines: Engines, now: int, named: Any, words: Any) -> Spent:
    environment, kind, id, bucket = map(_text, named)
    if environment not in world.environments or kind not in get_args(Kind) or bucket not in get_args(Bucket):
        raise _expected("[environment, kind, id, bucket]", named)
    key = QuotaKey(environment, cast("Kind", kind), id, cast("Bucket", bucket))
    engine = engines.engine_for(key)
    state = [_instant(word, End) for word in words][: engine.words]
    if len(state) < engine.words:
        raise _expected(f"{engine.words} words of {key}", len(state))
    try:
        engine.waits(list(state), now, 1)
        engine.standings(list(state), now)
    except IndexError:
        raise _expected(f"the state of {key}", words) from None
    return Spent(key, state)


def _require_only(known: Iterable[str], told: Any) -> None:
    if set(told) != set(known):
        raise _expected(f"the environments {', '.join(known)}", sorted(told))


def _text(value: Any) -> str:
    text: str = _fitting(value, str, "a text")
    return text


def _bool(value: Any) -> bool:
    truth: bool = _fitting(value, bool, "true or false")
    return truth


def _instant(value: Any, hint: Any = int) -> int:
    """Nanoseconds since 1970 UTC."""
    instant: int = _fitting(value, hint, "an instant")
    return instant


def _fitting(value: Any, hint: Any, what: str) -> Any:
    if fits(value, hint):
        return value
    raise _expected(what, value)


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _expected("a whole number", value)


def _expected(what: str, told: Any) -> ValueError:
    return ValueError(f"expected {what}, not {shortened(str(told), 60)}")


def _damaged(error: Exception) -> ControlError:
    # A text with half of a character in it cannot be told either.
    says = shortened(str(error), 200).encode(errors="backslashreplace").decode()
    return ControlError(f"the snapshot is damaged: {type(error).__name__} {says}; take it anew")


_COUNTED = ("number", "armed_at", "matched", "struck", "first_struck")


def _told(armed: "ArmedRule") -> dict[str, Any]:
    return _rule(armed.rule) | {name: getattr(armed, name) for name in _COUNTED}


def _rule(rule: "Rule") -> dict[str, Any]:
    from mock_athena.faults.scenarios import as_kept  # mostly nothing is armed

    return {"rule": as_kept(rule), "seed": rule.seed}


def _armed(told: dict[str, Any]) -> "ArmedRule":
    from mock_athena.faults.rules import ArmedRule
    from mock_athena.faults.scenarios import rule

    counted = {name: _instant(told[name]) for name in _COUNTED}
    return ArmedRule(rule=rule(told["rule"], _whole(told["seed"])), **counted)
