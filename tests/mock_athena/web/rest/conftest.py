"""One resource with a past, in the production environment of an emulator."""

from typing import Any

import pytest

from mock_athena.clock import NANOSECONDS
from mock_athena.store import ResourceStore
from tests.mock_athena.web.in_process import ADA, BO, Athena


class Past:
    """Writes versions, a second apart."""

    def __init__(self, athena: Athena) -> None:
        self._athena = athena
        self.store: ResourceStore = athena.world.environments["production"].store

    def put(self, type: str, id: str, **elements: Any) -> dict[str, Any]:
        """A new version."""
        self._athena.clock.advance(NANOSECONDS)
        return self.store.put({"resourceType": type, "id": id, **elements}, self._athena.clock.now())

    def condition(self, id: str, patient: str, text: str) -> dict[str, Any]:
        """A version of a Condition of a patient."""
        return self.put("Condition", id, subject={"reference": f"Patient/{patient}"}, code={"text": text})

    def delete(self, type: str, id: str) -> None:
        """A deletion."""
        self._athena.clock.advance(NANOSECONDS)
        self.store.delete(type, id, self._athena.clock.now())


@pytest.fixture
def past(athena: Athena) -> Past:
    return Past(athena)


@pytest.fixture
def moved(past: Past) -> str:
    """The id of a Condition that was Ada's, then Bo's, then Ada's, and then deleted."""
    for patient, text in ((ADA, "first"), (BO, "second"), (ADA, "third")):
        past.condition("moved", patient, text)
    past.delete("Condition", "moved")
    return "moved"
