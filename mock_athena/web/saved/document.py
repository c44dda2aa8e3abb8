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
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_athena.errors import ControlError, MockAthenaError, shortened
from mock_athena.ratelimit.counters import Spent
from mock_athena.ratelimit.decision import QuotaKey
from mock_athena.state import Entry
from mock_athena.store import changes
from mock_athena.store.changes import Change
from mock_athena.web.world import World

if TYPE_CHECKING:
    from mock_athena.faults.rules import ArmedRule, Rule

FORMAT = "mock-athena-snapshot/1"

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
        return Saved(
            _whole(document["clock"]["instant"]),
            bool(document["clock"]["stands"]),
            {name: _environment(document["environments"][name]) for name in world.environments},
            [_entry(each) for each in document["state"]],
            _limits(document["limits"]),
            [_armed(each) for each in document["faults"]],
        )
    except (KeyError, TypeError, ValueError, MockAthenaError) as error:
        message = f"the snapshot is damaged: {type(error).__name__} {shortened(str(error), 200)}; take it anew"
        raise ControlError(message) from None


def restore(world: World, saved: Saved) -> None:
    """Let the emulator be as it was when the snapshot was taken; the journal begins anew.

    A clock that ran then, or runs now, is not moved: only one that stood, and stands.
    """
    stood = world.clock.stands
    world.reset()
    if saved.stands and stood:
        world.clock.stand_at(saved.instant)
    for name, (written, jobs) in saved.environments.items():
        store, kept = world.environments[name].store, world.environments[name].exports.kept
        begun = store.snapshot().seq
        kept.replace(jobs, _renumbering(store.redo(written), begun))
    world.state.replace(saved.state)
    world.limiter.replace(saved.limits or [])
    world.faults.replace(saved.faults)


def _renumbering(numbers: Mapping[int, int], begun: int) -> Callable[[int], int]:
    """From the number of a commit when the snapshot was taken to its number now.

    What is seen at a number without a commit of its own is what is seen at the one before.

    Args:
        begun: the number of the commit on which all others follow.
    """
    before = sorted(numbers)

    def renumbered(seq: int) -> int:
        place = bisect_right(before, seq)
        return numbers[before[place - 1]] if place else begun

    return renumbered


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
    return [changes.from_json(each) for each in told["changes"]], [_job(each) for each in told["jobs"]]


def _job(told: Any) -> tuple[str, str, Any]:
    match told:
        case [str() as kind, str() as id, value]:
            return kind, id, value
    raise _expected("[kind, id, value]", told)


def _entry(told: Any) -> Entry:
    match told:
        case [str() as kind, str() as id, value, int() | None as expires]:
            return Entry(kind, id, value, expires)
    raise _expected("[kind, id, value, expires]", told)


def _limits(told: Any) -> list[Spent] | None:
    if told is None:
        return None
    return [Spent(QuotaKey(*map(str, key)), [_whole(word) for word in words]) for key, words in told]  # type: ignore[arg-type]


def _whole(value: Any) -> int:
    if isinstance(value, int):
        return value
    raise _expected("a whole number", value)


def _expected(what: str, told: Any) -> ValueError:
    return ValueError(f"expected {what}, not {shortened(str(told), 60)}")


_COUNTED = ("number", "armed_at", "matched", "struck", "first_struck")


def _told(armed: "ArmedRule") -> dict[str, Any]:
    return _rule(armed.rule) | {name: getattr(armed, name) for name in _COUNTED}


def _rule(rule: "Rule") -> dict[str, Any]:
    from mock_athena.faults.scenarios import as_kept  # mostly nothing is armed

    return {"rule": as_kept(rule), "seed": rule.seed}


def _armed(told: dict[str, Any]) -> "ArmedRule":
    from mock_athena.faults.rules import ArmedRule
    from mock_athena.faults.scenarios import rule

    counted = {name: _whole(told[name]) for name in _COUNTED}
    return ArmedRule(rule=rule(told["rule"], _whole(told["seed"])), **counted)
