"""What time it is here, moving it, and who waits for it."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, request

from mock_athena.auth.form import Parameters
from mock_athena.clock import SystemClock
from mock_athena.errors import ControlError, shortened
from mock_athena.ratelimit import QuotaKey
from mock_athena.web.console import words
from mock_athena.web.console.console import Action, Console
from mock_athena.web.control.clock import moved
from mock_athena.web.control.jumps import JUMPS, admissible, jump
from mock_athena.web.world import World

PATH = "/console/clock"
_MOST = 20  # waiters that are shown
_LATELY = 200  # exchanges whose callers are asked how long they have to wait
# (seconds, what the button says)
STEPS = ((1, "1 s"), (60, "1 min"), (3600, "1 h"), (86_400, "1 day"))
_NAMES = {
    "next-admissible": "Next window: the first who waits is admitted",
    "token-expiry": "The next access token expires",
    "export-ready": "The next export is ready",
    "midnight": "Midnight UTC: daily quotas begin anew",
}


def clock(console: Console, rest: str) -> Response:
    """The clock."""
    if rest:
        raise ControlError(f"There is no screen {shortened(PATH + '/' + rest, 100)!r}.", status=404)
    return console.act(_ACTIONS) if request.method == "POST" else _shown(console)


def _moving(order: Callable[[Parameters], dict[str, Any]]) -> Action:
    """Gives the clock an order, as ``POST /_mock/clock`` does."""

    def move(console: Console, sent: Parameters) -> Response:
        clock, before = console.world.clock, console.world.clock.now()
        moved(console.world, order(sent))
        now = clock.now()
        return console.done(PATH, f"The clock moved by {words.span(now - before)}, to {words.full(now)}.")

    return move


def _freeze(console: Console, _: Parameters) -> Response:
    moved(console.world, {"freeze": True})
    return console.done(PATH, f"The clock stands at {words.full(console.world.clock.now())}.")


def _resume(console: Console, _: Parameters) -> Response:
    moved(console.world, {"resume": True})
    return console.done(PATH, f"The clock runs on from {words.full(console.world.clock.now())}.")


def _seconds(sent: Parameters) -> Decimal:
    text = (sent.get("seconds") or "").strip()
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        seconds = Decimal("NaN")
    if not seconds.is_finite():
        raise ControlError(f"seconds={shortened(text, 40)!r}: expected a number of seconds, such as 90 or 0.5.")
    return seconds


_ACTIONS: Mapping[str, Action] = {
    "advance": _moving(lambda sent: {"advance": _seconds(sent)}),
    "to": _moving(lambda sent: {"to": (sent.get("instant") or "").strip()}),
    "jump": _moving(lambda sent: {"jump": sent.get("to") or ""}),
    "freeze": _freeze,
    "resume": _resume,
}


def _shown(console: Console) -> Response:
    world = console.world
    clock, now = world.clock, world.clock.now()
    waiting = clock.waiting
    return console.show(
        "clock.html",
        now=now,
        wall=clock.wall(),
        started=clock.started,
        stands=clock.stands,
        runs=isinstance(clock, SystemClock),
        setting=world.settings.clock,
        movable=clock.stands and not clock.participants,
        jumps=[_jump(world, name) for name in JUMPS],
        steps=STEPS,
        waiting=waiting[:_MOST],
        more=max(0, len(waiting) - _MOST),
        participants=clock.participants,
        awaited=clock.awaited,
        workers=world.settings.workers,
        words=words,
    )


def _jump(world: World, name: str) -> tuple[str, str, int | None, str]:
    """(name, what it is, the instant where it leads, why it leads nowhere)."""
    try:
        instant = _admissible(world) if name == "next-admissible" else jump(world, name, {})
    except ControlError as nothing:
        return name, _NAMES[name], None, nothing.message.partition(":")[0]
    if instant <= world.clock.now():
        return name, _NAMES[name], None, "nobody has to wait" if name == "next-admissible" else "its time has come"
    return name, _NAMES[name], instant, ""


def _admissible(world: World) -> int:
    """As the jump, of those who came lately: to look at everybody each second would keep requests waiting."""
    seen = world.journal.latest(_LATELY, lambda entry: bool(entry.quota), _LATELY)
    keys = {key for entry in seen.entries if (key := QuotaKey.from_text(entry.quota))}
    return admissible(world.limiter.standings(keys), world.clock.now())
