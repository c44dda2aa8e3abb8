"""Everything that one running emulator is made of; built by :mod:`mock_athena.app`, used by the views."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_athena.clock import MovableClock
from mock_athena.environments import EnvironmentFacts
from mock_athena.errors import Unavailable
from mock_athena.journal.bodies import Bodies
from mock_athena.profiles import Profile
from mock_athena.settings import Settings
from mock_athena.state import State
from mock_athena.state.memory import MemoryState
from mock_athena.store import ResourceStore
from mock_athena.store.hot import Hot
from mock_athena.web.saved.shelf import MemoryShelf, Shelf

if TYPE_CHECKING:
    from mock_athena.auth.server import AuthorizationServer
    from mock_athena.export.service import ExportService
    from mock_athena.faults import Faults
    from mock_athena.journal import Journal
    from mock_athena.ratelimit import Limiter


@dataclass(frozen=True, slots=True)
class Environment:
    """One of the two environments: a practice with its patients, its quota and its export jobs.

    Attributes:
        facts: where it is reached, and whose practice it is.
    """

    facts: EnvironmentFacts
    store: ResourceStore
    exports: "ExportService"

    def fhir_base(self, origin: str) -> str:
        """Its FHIR base URL for a caller who reached us under ``origin``."""
        return origin + self.facts.fhir_path

    def documents_base(self, origin: str) -> str:
        """The URL below which its documents are, likewise."""
        return origin + self.facts.documents_path


@dataclass(frozen=True, slots=True)
class World:
    """One emulator. Two worlds share nothing."""

    settings: Settings
    profile: Profile
    clock: MovableClock
    environments: Mapping[str, Environment]
    authorization: "AuthorizationServer"
    limiter: "Limiter"
    faults: "Faults"
    journal: "Journal"
    bodies: Bodies = field(default_factory=Bodies)
    state: State = field(default_factory=MemoryState)
    shelf: Shelf = field(default_factory=MemoryShelf)
    hot: Hot[bytes] = field(default_factory=lambda: Hot(len))

    @property
    def writable(self) -> bool:
        """Whether resources can be written over HTTP."""
        return self.profile.takes_writes(self.settings.writable)

    def unreachable(self) -> list[str]:
        """What requests need and cannot be reached at the moment, in words."""
        uncounted = self.settings.fail == "open" or self.limiter.reachable()
        lost = [] if uncounted else ["the counters of the rate limit"]
        try:
            for environment in self.environments.values():
                environment.store.snapshot()
        except Unavailable:
            lost.append("the data")
        return lost

    def reset(self) -> None:
        """Everything as it was at the start: data, clock, limits, journal, faults, clients, jobs; snapshots stay."""
        for environment in self.environments.values():
            environment.store.rewind()
        self.state.clear()
        self.authorization.reset()
        self.clock.reset()
        self.limiter.reset()
        self.faults.reset(self.clock.now())
        self.journal.reset()
        self.bodies.reset()

    def close(self) -> None:
        """Let go of files and connections."""
        self.limiter.close()
        self.state.close()
        for environment in self.environments.values():
            environment.store.close()
