"""``/_mock/clock``: what time it is here, moving it, and waiting for it."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from mock_athena.clock import NANOSECONDS, MovableClock, SystemClock, unix_text
from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.instants import instant, parse
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.exchange import gone, held
from mock_athena.web.world import World

T = TypeVar("T")

_FOREVER = 10**12  # seconds: beyond the end of every clock, and still a number that is quickly multiplied
_PATIENCE, _MOST_PATIENCE = 30, 600  # real seconds that a long-poll lasts
_LEASE = 60  # real seconds after which a participant that is awaited is taken to have crashed


def add_clock(views: Blueprint, world: World) -> None:
    """Read the clock, move one that stands, and wait for one."""

    @views.get("/clock")
    def clock() -> Response:
        """What time it is here.

        Answers ``instant``, ``unix`` (seconds, with nanoseconds), ``clock`` (its name), ``stands``, ``waiting``
        (instants that are waited for), ``participants``, and ``awaited``, those for whom the others wait.
        """
        return json_answer(_clock(world))

    @views.post("/clock")
    def move_clock() -> Response:
        """Move a clock that stands, or freeze one that runs. It only moves forward.

        Body, one of: ``{"advance": seconds}``, ``{"to": instant}``, ``{"jump": name}``, ``{"freeze": true}``,
        ``{"resume": true}``. A jump leads to the next instant at which something happens: ``next-admissible`` (who must
        wait may come again) and ``token-expiry``, of ``client`` if one is named; ``export-ready``, of ``job``;
        ``midnight`` (UTC). Answers as ``GET /_mock/clock``; 409 if the clock runs, if participants move it, or if
        nothing of that kind is coming.
        """
        moved(world, json_object(exact=True))
        return json_answer(_clock(world))

    @views.post("/clock/wait")
    def wait() -> Response:
        """Wait until the clock is there.

        Body: ``{"until": instant}`` or ``{"for": seconds}``; with ``participant``, who waits, and ``patience``, real
        seconds (30, up to 600). Answers as ``GET /_mock/clock``, and ``reached``.
        """
        reached = _ordered(lambda: _wait(world, json_object(exact=True)))
        return json_answer(_clock(world) | {"reached": reached})

    @views.post("/clock/participants")
    def declare() -> Response:
        """Declare who waits for the clock; 201.

        Body: ``{"names": [name, …]}``, and ``lease``, the real seconds (60, up to 600) after which one for whom all
        wait is taken to have crashed.
        """
        _ordered(lambda: _declare(world, json_object()))
        return json_answer(_clock(world), 201)

    @views.delete("/clock/participants/<name>")
    def leave(name: str) -> Response:
        """A participant leaves."""
        if name not in world.clock.participants:
            message = f"no participant {shortened(name, 40)!r} was declared, or it has left"
            raise ControlError(message, status=404)
        world.clock.leave(name)
        return json_answer(_clock(world))


def _clock(world: World) -> dict[str, Any]:
    clock = world.clock
    now = clock.now()
    return {
        "instant": instant(now // 1000),
        "unix": unix_text(now),
        "clock": world.settings.clock,
        "stands": clock.stands,
        "waiting": [instant(each // 1000) for each in clock.waiting],
        "participants": clock.participants,
        "awaited": clock.awaited,
    }


def moved(world: World, order: dict[str, Any]) -> None:
    """Carry out an order as ``POST /_mock/clock`` takes it; numbers of seconds are whole or decimals.

    Raises:
        ControlError: it is none, or cannot be carried out.
    """
    _ordered(lambda: _follow(world, order))


def _ordered(carry_out: Callable[[], T]) -> T:
    """What an order answers; what it cannot do is the caller's to know."""
    try:
        return carry_out()
    except ValueError as error:
        raise ControlError(str(error)) from None


def _follow(world: World, order: dict[str, Any]) -> None:
    """Carry out an order to move, freeze or resume."""
    clock = world.clock
    match order:
        case {"advance": int() | Decimal() as seconds} if len(order) == 1 and not isinstance(seconds, bool):
            _standing(world).advance(_nanoseconds(seconds))
        case {"to": str() as text} if len(order) == 1:
            _move_to(_standing(world), text)
        case {"jump": str() as to, **rest}:
            from mock_athena.web.control.jumps import jump

            _standing(world).advance_to(max(clock.now(), jump(world, to, rest)))
        case {"freeze": True} if len(order) == 1:
            if isinstance(clock, SystemClock):
                clock.freeze()
        case {"resume": True} if len(order) == 1:
            _resume(clock)
        case _:
            sent = shortened(json.dumps(order, default=str))
            message = (
                f'{sent}: expected {{"advance": seconds}}, {{"to": instant}}, {{"jump": name}}, {{"freeze": true}} or '
                '{"resume": true}'
            )
            raise ValueError(message)


def _standing(world: World) -> MovableClock:
    if not world.clock.stands:
        message = (
            f"the clock is '{world.settings.clock}' and moves by itself; start with --clock manual to move it, or "
            'freeze it first: {"freeze": true}'
        )
        raise ControlError(message, status=409)
    if world.clock.participants:
        names = ", ".join(world.clock.participants)
        raise ControlError(f"the clock is moved by its participants ({names}): it goes on when all wait", status=409)
    return world.clock


def _resume(clock: MovableClock) -> None:
    if not isinstance(clock, SystemClock):
        message = "a manual clock does not run, so it cannot be resumed; advance it"
        raise ControlError(message, status=409)
    clock.resume()


def _wait(world: World, order: dict[str, Any]) -> bool:
    """Wait as asked: ``until`` an instant or ``for`` seconds, as a ``participant``, with ``patience``."""
    clock = world.clock
    unknown = set(order) - {"until", "for", "participant", "patience"}
    participant, patience = order.get("participant"), order.get("patience", _PATIENCE)
    match order:
        case {"until": str() as text} if "for" not in order:
            until = parse(text).low * 1000
        case {"for": int() | Decimal() as seconds} if "until" not in order and not isinstance(seconds, bool):
            until = clock.now() + _nanoseconds(seconds)
        case _:
            until, unknown = 0, unknown | {"neither or both of until and for"}
    if unknown or not isinstance(participant, str | None) or not _is_patience(patience):
        sent = shortened(json.dumps(order, default=str))
        message = (
            f'{sent}: expected {{"until": instant}} or {{"for": seconds}}, with "participant": name and '
            f'"patience": real seconds up to {_MOST_PATIENCE}, if you like'
        )
        raise ValueError(message)
    with held(request.environ):
        return clock.wait(until, participant=participant, patience=float(patience), abandoned=gone(request.environ))


def _is_patience(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 <= value <= _MOST_PATIENCE


def _declare(world: World, order: dict[str, Any]) -> None:
    match order:
        case {"names": list() as names, **rest} if all(isinstance(name, str) for name in names) and _is_lease(rest):
            world.clock.declare(*names, lease=float(rest.get("lease", _LEASE)))
        case _:
            sent = shortened(json.dumps(order, default=str))
            optional = f'with "lease": real seconds up to {_MOST_PATIENCE}, if you like'
            message = f'{sent}: expected {{"names": [name, …]}}, {optional}'
            raise ValueError(message)


def _is_lease(rest: dict[str, Any]) -> bool:
    """Whether what comes with the names is nothing, or a lease."""
    lease = rest.get("lease", _LEASE)
    number = isinstance(lease, int | float | Decimal) and not isinstance(lease, bool)
    return set(rest) <= {"lease"} and number and 0 < lease <= _MOST_PATIENCE


def _nanoseconds(seconds: int | Decimal) -> int:
    if seconds < 0:
        message = f"a clock moves forward only, not by {shortened(str(seconds), 30)} s"
        raise ValueError(message)
    return int(min(seconds, _FOREVER) * NANOSECONDS)


def _move_to(clock: MovableClock, text: str) -> None:
    to, now = parse(text).low * 1000, clock.now()
    if to < now:
        message = f"the clock already stands at {instant(now // 1000)}, later than {shortened(text, 40)}"
        raise ValueError(message)
    clock.advance_to(to)
