"""Where ``{"jump": …}`` leads: the next instant at which something happens."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ControlError
from mock_athena.export.states import JobState
from mock_athena.faults.parameters import known
from mock_athena.ratelimit import Decision
from mock_athena.web.world import World

_DAY = 86_400 * NANOSECONDS


def jump(world: World, to: str, narrowed: Mapping[str, Any]) -> int:
    """The instant (nanoseconds since 1970 UTC) of what is next.

    Args:
        to: ``next-admissible``, ``token-expiry``, ``export-ready`` or ``midnight``.
        narrowed: ``client`` for the first two, ``job`` for the third: whose. The soonest of all, if left out.

    Raises:
        ValueError: any other name, or something else to narrow it by. ControlError: nothing of that kind is coming.
    """
    if to not in JUMPS:
        message = f"jump = {to!r}: expected {' or '.join(repr(name) for name in JUMPS)}"
        raise ValueError(message)
    where, by = JUMPS[to]
    known(narrowed, by, f"jump {to}")
    whose = next(iter(narrowed.values()), None)
    if not isinstance(whose, str | None):
        message = f"jump {to}: {whose!r}: expected a text"
        raise ValueError(message)
    return where(world, whose)


def _next_admissible(world: World, client: str | None) -> int:
    """When the first of those who must wait may come again; now, if nobody must."""
    return admissible(world.limiter.standings(), world.clock.now(), client)


def admissible(standings: Iterable[Decision], now: int, client: str | None = None) -> int:
    """When the first of these who must wait may come again; ``now``, if nobody must."""
    waits = [standing.wait for standing in standings if standing.wait and client in (None, standing.key.id)]
    return now + min(waits, default=0)


def _token_expiry(world: World, client: str | None) -> int:
    expires = world.authorization.tokens.next_expiry(client)
    if expires is None:
        raise _nothing("no access token that was issued here is going to expire")
    return expires


def _export_ready(world: World, job: str | None) -> int:
    coming = [
        found.ready_at
        for environment in world.environments.values()
        for found in environment.exports.jobs()
        if found.state is JobState.IN_PROGRESS and job in (None, found.id)
    ]
    if not coming:
        raise _nothing("no such export is in progress" if job else "no export is in progress")
    return min(coming)


def _midnight(world: World, _: str | None) -> int:
    return (world.clock.now() // _DAY + 1) * _DAY


def _nothing(told: str) -> ControlError:
    return ControlError(f"{told}: there is nothing to jump to", status=409)


JUMPS: Mapping[str, tuple[Callable[[World, str | None], int], tuple[str, ...]]] = {
    "next-admissible": (_next_admissible, ("client",)),
    "token-expiry": (_token_expiry, ("client",)),
    "export-ready": (_export_ready, ("job",)),
    "midnight": (_midnight, ()),
}
