"""State in the memory of this process, which ends with it."""

import json
import threading
from collections.abc import Iterable
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One value of a state.

    Attributes:
        expires: its end in nanoseconds since 1970 UTC; None for none.
    """

    kind: str
    id: str
    value: Any
    expires: int | None


class _Kept(NamedTuple):
    text: str
    expires: int | None


class MemoryState:
    """See :class:`~mock_athena.state.State`. Values are kept as JSON text, so that nobody shares one by accident."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: dict[str, dict[str, _Kept]] = {}
        self._generation = 0

    def put(self, kind: str, id: str, value: Any, expires: int | None = None) -> None:
        """See :meth:`State.put`."""
        kept = _Kept(json.dumps(value), expires)
        with self._lock:
            self._kinds.setdefault(kind, {})[id] = kept
            self._generation += 1

    def add(self, kind: str, id: str, value: Any, expires: int | None = None) -> bool:
        """See :meth:`State.add`."""
        kept = _Kept(json.dumps(value), expires)
        with self._lock:
            added = self._kinds.setdefault(kind, {}).setdefault(id, kept) is kept
            self._generation += added
        return added

    def get(self, kind: str, id: str) -> Any:
        """See :meth:`State.get`."""
        with self._lock:
            kept = self._kinds.get(kind, {}).get(id)
        return json.loads(kept.text) if kept else None

    def take(self, kind: str, id: str) -> Any:
        """See :meth:`State.take`."""
        kept = self._pop(kind, id)
        return json.loads(kept.text) if kept else None

    def all(self, kind: str) -> dict[str, Any]:
        """See :meth:`State.all`."""
        with self._lock:
            found = list(self._kinds.get(kind, {}).items())
        return {id: json.loads(kept.text) for id, kept in found}

    def delete(self, kind: str, id: str) -> bool:
        """See :meth:`State.delete`."""
        return self._pop(kind, id) is not None

    def clear(self, kind: str | None = None) -> None:
        """See :meth:`State.clear`."""
        with self._lock:
            if kind is None:
                self._kinds.clear()
            else:
                self._kinds.pop(kind, None)
            self._generation += 1

    def forget_expired(self, now: int, kind: str | None = None) -> None:
        """See :meth:`State.forget_expired`."""
        with self._lock:
            for name, values in self._kinds.items():
                if kind in (None, name):
                    ended = [id for id, kept in values.items() if kept.expires is not None and kept.expires <= now]
                    for id in ended:
                        del values[id]
                    self._generation += bool(ended)

    def everything(self) -> list[Entry]:
        """See :meth:`State.everything`."""
        with self._lock:
            found = [(kind, id, kept) for kind, values in self._kinds.items() for id, kept in values.items()]
        return [Entry(kind, id, json.loads(kept.text), kept.expires) for kind, id, kept in found]

    def replace(self, entries: Iterable[Entry]) -> None:
        """See :meth:`State.replace`."""
        kinds: dict[str, dict[str, _Kept]] = {}
        for kind, id, value, expires in entries:
            kinds.setdefault(kind, {})[id] = _Kept(json.dumps(value), expires)
        with self._lock:
            self._kinds = kinds
            self._generation += 1

    def generation(self) -> int:
        """See :meth:`State.generation`."""
        return self._generation

    def close(self) -> None:
        """See :meth:`State.close`."""

    def _pop(self, kind: str, id: str) -> _Kept | None:
        with self._lock:
            kept = self._kinds.get(kind, {}).pop(id, None)
            self._generation += kept is not None
        return kept
