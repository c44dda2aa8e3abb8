"""Misbehaves on request. The edge asks here, once for each admitted request, whether something is to go wrong.

Nothing misbehaves unless it was told to; which faults exist, and how they are asked for, is the next storey of this
room. What is fixed here is the hook: a fault is a refusal that the renderer shows like any other.
"""

import threading

from mock_athena.errors import Refusal


class Faults:
    """The faults that are armed, in the order in which they will strike."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[tuple[str, Refusal]] = []

    def arm(self, route: str, fault: Refusal) -> None:
        """Let the next admitted request of a route class (``fhir``, ``bulk``, ``documents``) meet with ``fault``."""
        with self._lock:
            self._armed.append((route, fault))

    def strike(self, route: str) -> Refusal | None:
        """The fault that a request of this route class meets with; it strikes once."""
        if not self._armed:
            return None
        with self._lock:
            for index, (armed_for, fault) in enumerate(self._armed):
                if armed_for == route:
                    del self._armed[index]
                    return fault
            return None

    def reset(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()
