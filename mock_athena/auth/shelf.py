"""Things of one kind that end: codes, refresh tokens, launches. They lie in the state that processes share."""

import hashlib
from collections.abc import Callable
from typing import Any

from mock_athena.clock import NANOSECONDS
from mock_athena.state import State

_SWEPT_EVERY = 60 * NANOSECONDS


class Shelf:
    """Values of one kind by id, until each one's end; safe to use from several threads and processes.

    Args:
        now: what time it is for this kind, in nanoseconds since 1970 UTC.
    """

    def __init__(self, state: State, kind: str, now: Callable[[], int]) -> None:
        self._state, self._kind, self._now = state, kind, now
        self._swept: int | None = None

    def put(self, id: str, value: Any, expires: int) -> None:
        """Keep a value until an instant."""
        self._sweep()
        self._state.put(self._kind, id, {"ends": expires, "value": value}, expires)

    def add(self, id: str, value: Any, expires: int) -> bool:
        """Keep a value, unless there is one that has not ended; answers whether it was kept."""
        self._sweep()
        kept = {"ends": expires, "value": value}
        if self._state.add(self._kind, id, kept, expires):
            return True
        there = self._state.get(self._kind, id)
        if there is not None and there["ends"] > self._now():
            return False
        self._state.forget_expired(self._now(), self._kind)
        return self._state.add(self._kind, id, kept, expires)

    def get(self, id: str) -> Any:
        """The value; None if there is none, or its end has come."""
        return self._current(self._state.get(self._kind, id))

    def take(self, id: str) -> Any:
        """The value, for one caller only."""
        return self._current(self._state.take(self._kind, id))

    def all(self) -> dict[str, Any]:
        """Every value that has not ended, by id."""
        now = self._now()
        return {id: kept["value"] for id, kept in self._state.all(self._kind).items() if kept["ends"] > now}

    def delete(self, id: str) -> bool:
        """Forget a value; answers whether there was one."""
        return self._state.delete(self._kind, id)

    def clear(self) -> None:
        """Forget all."""
        self._swept = None
        self._state.clear(self._kind)

    def _current(self, kept: Any) -> Any:
        return None if kept is None or kept["ends"] <= self._now() else kept["value"]

    def _sweep(self) -> None:
        now = self._now()
        # A clock that was set back sweeps as well: nothing says when it will be where it was.
        if self._swept is None or not 0 <= now - self._swept < _SWEPT_EVERY:
            self._swept = now
            self._state.forget_expired(now, self._kind)


def fingerprint(secret: str) -> str:
    """What a code or token is kept under, so that whoever reads the state can use none of them."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
