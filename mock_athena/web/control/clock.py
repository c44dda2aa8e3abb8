"""``/_mock/clock``: what time it is here, and moving it."""

import json
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response

from mock_athena.clock import NANOSECONDS, ManualClock, unix_text
from mock_athena.errors import ControlError, shortened
from mock_athena.fhir.instants import instant, parse
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.world import World

_FOREVER = 10**12  # seconds: beyond the end of every clock, and still a number that is quickly multiplied


def add_clock(views: Blueprint, world: World) -> None:
    """Read the clock, and move a manual one."""

    @views.get("/clock")
    def clock() -> Response:
        return _clock(world)

    @views.post("/clock")
    def move_clock() -> Response:
        _move(world, json_object(exact=True))
        return _clock(world)


def _clock(world: World) -> Response:
    now = world.clock.now()
    kind = world.settings.clock
    return json_answer({"instant": instant(now // 1000), "unix": unix_text(now), "clock": kind})


def _move(world: World, order: dict[str, Any]) -> None:
    clock = world.clock
    if not isinstance(clock, ManualClock):
        message = f"the clock is '{world.settings.clock}' and moves by itself; start with --clock manual to move it"
        raise ControlError(message, status=409)
    try:
        match order:
            case {"advance": int() | Decimal() as seconds} if len(order) == 1 and not isinstance(seconds, bool):
                clock.advance(_nanoseconds(seconds))
            case {"to": str() as text} if len(order) == 1:
                _move_to(clock, text)
            case _:
                sent = shortened(json.dumps(order, default=str))
                message = f'{sent}: expected {{"advance": seconds}} or {{"to": instant}}'
                raise ControlError(message)
    except ValueError as error:
        raise ControlError(str(error)) from None


def _nanoseconds(seconds: int | Decimal) -> int:
    if seconds < 0:
        message = f"a clock moves forward only, not by {shortened(str(seconds), 30)} s"
        raise ValueError(message)
    return int(min(seconds, _FOREVER) * NANOSECONDS)


def _move_to(clock: ManualClock, text: str) -> None:
    to, now = parse(text).low * 1000, clock.now()
    if to < now:
        message = f"the clock already stands at {instant(now // 1000)}, later than {shortened(text, 40)}"
        raise ValueError(message)
    clock.advance_to(to)
