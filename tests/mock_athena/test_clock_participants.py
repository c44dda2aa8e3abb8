"""Participants: one runs at a time, in an order that follows from what they wait for and from nothing else."""

import random
import threading
from collections.abc import Callable
from hashlib import sha256

import pytest

from mock_athena.clock import NANOSECONDS, ManualClock, SystemClock
from mock_athena.errors import ClockTimeout
from mock_athena.ratelimit import Limiter, QuotaKey, policy_named

START = 1_767_225_600 * NANOSECONDS
ENOUGH = 30.0


def run(clock: ManualClock, bodies: dict[str, Callable[[], None]], shuffle: int = 0) -> None:
    """Run a thread for each participant, started in a random order."""
    clock.declare(*bodies)

    def part(name: str) -> None:
        with clock.participant(name):
            bodies[name]()

    threads = [threading.Thread(target=part, args=(name,)) for name in bodies]
    random.Random(shuffle).shuffle(threads)  # noqa: S311 - repeatable
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ENOUGH)
    assert not any(thread.is_alive() for thread in threads)


def test_time_moves_when_all_of_them_wait() -> None:
    clock, seen = ManualClock(START), []

    def body(name: str, step: int) -> Callable[[], None]:
        def work() -> None:
            for _ in range(3):
                seen.append((clock.now() - START, name))
                clock.wait_until(clock.now() + step)

        return work

    run(clock, {"a": body("a", 30), "b": body("b", 20)}, shuffle=1)
    assert seen == [(0, "a"), (0, "b"), (20, "b"), (30, "a"), (40, "b"), (60, "a")]
    assert clock.now() == START + 90
    assert clock.participants == ()


def decisions(seed: int, shuffle: int) -> str:
    """Hash of the decision log of eight clients who wait as they are told, and a little longer by chance."""
    clock = ManualClock(START)
    limiter = Limiter(policy_named("mission"), clock)
    log: list[str] = []

    def client(n: int) -> Callable[[], None]:
        random_pause = random.Random(f"{seed} {n}")  # noqa: S311 - repeatable

        def work() -> None:
            for _ in range(40):
                decision = limiter.hit(QuotaKey("production", "client", f"c{n % 3}"))
                log.append(f"{decision.seq} {decision.instant} {decision.key} {decision.allowed} {decision.wait}")
                clock.sleep(random_pause.choice((0, 0.01, 0.05)) + (0 if decision.allowed else decision.retry_after))

        return work

    run(clock, {f"client-{n}": client(n) for n in range(8)}, shuffle)
    assert len(log) == 320
    assert any(" False " in line for line in log)
    return sha256("\n".join(log).encode()).hexdigest()


def test_the_same_seed_and_policy_give_the_same_decisions_to_the_last_bit() -> None:
    assert len({decisions(seed=7, shuffle=shuffle) for shuffle in range(5)}) == 1
    assert decisions(seed=7, shuffle=0) != decisions(seed=8, shuffle=0)


def test_who_waits_for_the_same_instant_comes_in_turns() -> None:
    clock, seen = ManualClock(START), []

    def body(name: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(3):
                seen.append(name)
                clock.wait_until(START + 10)

        return work

    run(clock, {name: body(name) for name in "abc"}, shuffle=3)
    assert "".join(seen) == "abcabcabc"


def test_nobody_else_moves_a_clock_that_has_participants() -> None:
    clock = ManualClock(START)
    clock.declare("a")
    with pytest.raises(ValueError, match=r"moved by its participants \(a\)"):
        clock.advance(1)
    clock.leave("a")
    assert clock.advance(1) == START + 1


@pytest.mark.parametrize("names", [(), ("",), ("a", "a"), ("taken",)])
def test_names_that_cannot_be_declared(names: tuple[str, ...]) -> None:
    clock = ManualClock(START)
    clock.declare("taken")
    with pytest.raises(ValueError, match=r"no name twice|takes part already"):
        clock.declare(*names)
    assert clock.participants == ("taken",)


def test_who_was_not_declared_does_not_take_part() -> None:
    clock = ManualClock(START)
    with pytest.raises(ValueError, match=r"no participant 'x' was declared, .* known: nobody"):
        clock.wait(START + 1, participant="x")


def test_a_participant_that_does_not_come_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_athena.clock.PATIENCE", 0.05)
    clock = ManualClock(START)
    clock.declare("here", "late")
    with pytest.raises(ClockTimeout, match="everybody waits for late"), clock.participant("here"):
        pass
    assert clock.participants == ("late",)


def test_impatience_does_not_lose_the_turn() -> None:
    clock = ManualClock(START)
    clock.declare("a", "b")
    assert not clock.wait(START + 5, participant="a", patience=0.01)
    with pytest.raises(ValueError, match="'a' waits for another instant already"):
        clock.wait(START + 6, participant="a")
    assert not clock.wait(START + 7, participant="b", patience=0.01)  # a's turn came, and a has not asked again
    assert clock.now() == START + 5
    assert clock.wait(START + 5, participant="a", patience=0.01)
    clock.leave("a")
    assert clock.wait(START + 7, participant="b", patience=0.01)
    assert clock.now() == START + 7


def test_who_gave_up_takes_part_no_more() -> None:
    clock = ManualClock(START)
    clock.declare("a", "b")
    assert not clock.wait(START + 5, participant="a", abandoned=lambda: True)
    assert clock.participants == ("b",)


def test_a_clock_passes_those_who_take_no_part() -> None:
    clock, woken = ManualClock(START), threading.Event()

    def bystander() -> None:
        if clock.wait(START + 5, patience=ENOUGH):
            woken.set()

    thread = threading.Thread(target=bystander)
    thread.start()
    while not clock.waiting:
        pass
    run(clock, {"a": lambda: clock.wait_until(START + 9)})
    thread.join(ENOUGH)
    assert woken.is_set()


def test_on_a_clock_that_runs_participants_are_only_names() -> None:
    clock = SystemClock(1000.0, START)
    clock.declare("a", "b")
    with clock.participant("a"):
        clock.sleep(1)
    assert clock.participants == ("b",)


def test_reset_forgets_the_participants() -> None:
    clock = ManualClock(START)
    clock.declare("a")
    clock.reset()
    assert (clock.participants, clock.advance(1)) == ((), START + 1)
