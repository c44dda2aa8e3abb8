"""Who waits for which instant, and whose turn it is.

A clock that stands wakes its waiters in the order of their instants when it is moved past them. Where *participants*
were declared, nobody has to move it: one of them runs at a time, and as soon as all of them wait, the clock goes on
to the first instant that one of them waits for and it is that one's turn. What several threads do then follows from
what they wait for, never from the machine: a run can be repeated to the last decision (a discrete-event simulation).

Nothing here reads a clock: the clock asks.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Move = Callable[[int], None]


class Wait:
    """One waiter.

    Attributes:
        number: by which processes know it. instant: what it waits for.
        turn: before whom it comes among those who wait for the same instant.
        reached: its instant came. nudged: something changed; look again.
    """

    __slots__ = ("instant", "name", "nudged", "number", "reached", "turn")

    def __init__(self, number: int, instant: int, turn: int, name: str | None) -> None:
        self.number = number
        self.instant = instant
        self.turn = turn
        self.name = name
        self.reached = False
        self.nudged = threading.Event()

    def reach(self) -> None:
        """Its instant came."""
        self.reached = True
        self.nudged.set()

    @property
    def rank(self) -> tuple[int, int]:
        """Waiters are woken by it."""
        return self.instant, self.turn


class Waiters:
    """The waiters of one clock; every method is called under that clock's lock.

    Args:
        move: sets a clock that stands to an instant.
    """

    def __init__(self, move: Move) -> None:
        self._move = move
        self._waits: list[Wait] = []
        self._woken: list[Wait] = []  # no participants; they do not know it yet
        self._numbers = 0
        self._participants: dict[str, Wait | None] = {}
        self._expected: set[str] = set()
        self._running: str | None = None
        # (longest silence, since when it is silent): in real seconds, of participants who may be given up
        self._silence: dict[str, tuple[float, float]] = {}
        self._turns = 0

    @property
    def participants(self) -> tuple[str, ...]:
        """Who was declared and has not left, in the order of the declaration."""
        return tuple(self._participants)

    @property
    def awaited(self) -> tuple[str, ...]:
        """For whom everybody waits: who runs, else who has not come yet."""
        if self._running is not None:
            return (self._running,)
        return tuple(name for name in self._participants if name in self._expected)

    @property
    def instants(self) -> tuple[int, ...]:
        """What is waited for, earliest first."""
        return tuple(sorted(wait.instant for wait in self._waits))

    @property
    def leased(self) -> bool:
        """Whether anybody may be given up."""
        return bool(self._silence)

    def overdue(self, real: float) -> tuple[str, ...]:
        """For whom everybody waits though they were silent for longer than they may; ``real`` is in real seconds."""
        return tuple(
            name
            for name in self.awaited
            if name in self._silence and real - self._silence[name][1] > self._silence[name][0]
        )

    def declare(self, names: Sequence[str], lease: float | None = None, real: float = 0.0) -> None:
        """Expect participants; nobody's turn comes before all of them have come.

        Args:
            lease: real seconds after which one is given up for whom everybody waits; never if left out.
            real: now, in real seconds.

        Raises:
            ValueError: no name, a name twice, or one that takes part already.
        """
        if not names or len(set(names)) < len(names) or not all(names):
            message = f"participants {list(names)}: expected at least one name, and no name twice"
            raise ValueError(message)
        for name in names:
            if name in self._participants:
                message = f"{name!r} takes part already; it leaves first, or takes another name"
                raise ValueError(message)
        self._participants.update(dict.fromkeys(names))
        self._expected.update(names)
        if lease is not None:
            self._silence.update(dict.fromkeys(names, (lease, real)))

    def add(self, instant: int, name: str | None) -> Wait:
        """Somebody waits; a participant's turn is over with that.

        Raises:
            ValueError: nobody of that name was declared, or it waits for another instant already.
        """
        if name is None:
            return self._added(instant, self._next_turn(), None)
        self.require(name)
        waiting = self._participants[name]
        if waiting is not None:
            return _same(waiting, instant)
        # Those who come for the first time do so in the order of the declaration, however their threads were started.
        first = list(self._participants).index(name) - len(self._participants)
        turn = first if name in self._expected else self._next_turn()
        wait = self._participants[name] = self._added(instant, turn, name)
        self._expected.discard(name)
        if self._running == name:
            self._running = None
        return wait

    def require(self, name: str) -> None:
        """Refuse a name that was not declared.

        Raises:
            ValueError: it was not.
        """
        if name not in self._participants:
            known = ", ".join(self._participants) or "nobody"
            message = (
                f"no participant {name!r} was declared, or it was silent for longer than its lease; known: {known}"
            )
            raise ValueError(message)

    def done(self, wait: Wait) -> None:
        """The waiter goes its way."""
        for waits in (self._waits, self._woken):
            if wait in waits:
                waits.remove(wait)
        if wait.name is not None and self._participants.get(wait.name) is wait:
            self._participants[wait.name] = None

    def leave(self, name: str) -> None:
        """A participant takes part no more.

        Raises:
            ValueError: it was not declared.
        """
        self.require(name)
        wait = self._participants.pop(name)
        self._silence.pop(name, None)
        self._expected.discard(name)
        if self._running == name:
            self._running = None
        if wait is not None and wait in self._waits:
            self._waits.remove(wait)
            wait.nudged.set()

    def wake(self, now: int) -> None:
        """The clock stands at ``now``: wake whoever waited for that, in order. Participants have turns instead."""
        for wait in sorted(self._waits, key=lambda wait: wait.rank):
            if wait.name is None and wait.instant <= now:
                self._waits.remove(wait)
                self._woken.append(wait)
                wait.reach()

    def next_turn(self, now: int, real: float = 0.0) -> None:
        """If every participant waits, move on to the first instant among theirs and let that one run.

        Args:
            real: now, in real seconds.
        """
        if not self._participants or self.awaited:
            return
        first = min((wait for wait in self._participants.values() if wait is not None), key=lambda wait: wait.rank)
        self._running = first.name
        if first.name in self._silence:
            self._silence[first.name] = self._silence[first.name][0], real
        self._waits.remove(first)
        if first.instant > now:
            self._move(first.instant)
            self.wake(first.instant)
        first.reach()

    def nudge(self) -> None:
        """Something changed: let everybody look again."""
        for wait in self._waits:
            wait.nudged.set()

    def clear(self) -> None:
        """Send everybody away; nobody takes part any more."""
        waits, self._waits, self._woken = self._waits, [], []
        self._participants.clear()
        self._expected.clear()
        self._silence.clear()
        self._running = None
        for wait in waits:
            wait.nudged.set()

    def holds(self, wait: Wait) -> bool:
        """It was not sent away."""
        return wait.reached or wait in self._waits

    def as_json(self) -> dict[str, Any]:
        """Everything that is known here, for other processes."""
        known = {wait.number: wait for wait in self._everybody()}
        return {
            "waits": [(wait.number, wait.instant, wait.turn, wait.name, wait.reached) for wait in known.values()],
            "waiting": [wait.number for wait in self._waits],
            "participants": [(name, wait and wait.number) for name, wait in self._participants.items()],
            "expected": sorted(self._expected),
            "running": self._running,
            "silence": {name: list(known) for name, known in self._silence.items()},
            "turns": self._turns,
            "numbers": self._numbers,
        }

    def follow(self, told: Mapping[str, Any]) -> None:
        """Know what another process knows (:meth:`as_json`), and wake those who wait here if it is about them."""
        before = {wait.number: wait for wait in self._everybody()}
        known = {number: _followed(before.get(number), number, *rest) for number, *rest in told["waits"]}
        self._waits = [known[number] for number in told["waiting"]]
        self._participants = {name: number and known[number] for name, number in told["participants"]}
        taken = {wait.number for wait in (*self._waits, *self._participants.values()) if wait}
        self._woken = [wait for number, wait in known.items() if number not in taken]
        self._expected, self._running = set(told["expected"]), told["running"]
        self._silence = {name: (lease, since) for name, (lease, since) in told["silence"].items()}
        self._turns, self._numbers = told["turns"], told["numbers"]
        for number, wait in before.items():
            if number not in known:
                wait.nudged.set()

    def _everybody(self) -> Iterator[Wait]:
        yield from self._waits
        yield from self._woken
        for wait in self._participants.values():
            if wait is not None:
                yield wait

    def _added(self, instant: int, turn: int, name: str | None) -> Wait:
        self._numbers += 1
        wait = Wait(self._numbers, instant, turn, name)
        self._waits.append(wait)
        return wait

    def _next_turn(self) -> int:
        self._turns += 1
        return self._turns


def _followed(known: Wait | None, number: int, instant: int, turn: int, name: str | None, reached: bool) -> Wait:
    wait = known or Wait(number, instant, turn, name)
    if reached and not wait.reached:
        wait.reach()
    return wait


def _same(waiting: Wait, instant: int) -> Wait:
    """The wait that a participant asks for again, because nobody had the patience the first time."""
    if waiting.instant != instant:
        message = f"{waiting.name!r} waits for another instant already; ask for that one again, or leave"
        raise ValueError(message)
    waiting.nudged.set()
    return waiting
