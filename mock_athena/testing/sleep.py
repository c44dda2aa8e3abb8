"""Sleeping without waiting: who sleeps moves the emulator's clock."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from mock_athena.clock import NANOSECONDS, MovableClock
from mock_athena.errors import ConfigurationError
from mock_athena.testing.libraries.changes import Change, Changes


@contextmanager
def virtual_sleep(clock: MovableClock) -> Iterator[None]:
    """While this lasts, ``time.sleep(s)`` moves ``clock`` by s seconds and returns at once.

    So do those of ``asyncio``, ``anyio`` and ``trio``. A thread that takes part in the clock waits for its turn
    instead. A name that was imported from ``time`` before (``from time import sleep``) is not changed.

    Raises:
        ConfigurationError: the clock runs by itself, so nobody can move it.
    """
    if not clock.stands:
        message = "virtual_sleep needs a clock that stands: leave clock out, or pass clock='manual'"
        raise ConfigurationError(message)
    really = asyncio.sleep

    def sleep(seconds: float, /) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        step = round(seconds * NANOSECONDS)
        if clock.participant_here:
            clock.wait_until(clock.now() + step)
        else:
            clock.advance(step)

    async def sleep_async(delay: float, result: Any = None) -> Any:
        if delay > 0:
            clock.advance(round(delay * NANOSECONDS))
        return await really(0, result)

    changes = Changes(
        {
            "time": lambda: [Change(time, "sleep", sleep)],
            "asyncio": lambda: [Change(asyncio, "sleep", sleep_async)],
            "anyio": partial(_moving, clock, "anyio"),
            "trio": partial(_moving, clock, "trio"),
        }
    )
    changes.begin()
    try:
        yield
    finally:
        changes.end()


def _moving(clock: MovableClock, library: str) -> list[Change]:
    """The same for a library whose ``sleep`` is a checkpoint too."""
    module = sys.modules[library]
    really = module.sleep

    async def sleep(seconds: float) -> None:
        if seconds > 0:
            clock.advance(round(seconds * NANOSECONDS))
        await really(min(seconds, 0))

    return [Change(module, "sleep", sleep)]
