"""What the workers of one emulator share, and where: data, clock, counters, faults and journal in one folder.

Each worker opens all of it for itself, also one that takes the place of another that died. Clients, sign-ins and what
was revoked are in the state directory (:mod:`mock_athena.state`), since a restart may keep them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mock_athena.clock import Clock, MovableClock
from mock_athena.faults import Faults
from mock_athena.faults.rules import Rule
from mock_athena.faults.shared import SharedFaults
from mock_athena.journal import Journal
from mock_athena.journal.shared import SharedJournal
from mock_athena.settings import Settings
from mock_athena.shared_clock import shared_clock
from mock_athena.state import State, state_in
from mock_athena.store import ResourceStore
from mock_athena.store.shared import SharedResourceStore


@dataclass(frozen=True, slots=True)
class Commons:
    """Where everything is.

    Attributes:
        folder: empty when the first worker comes. state_dir: see ``--state-dir``.
        databases: the file of each environment.
    """

    folder: Path
    state_dir: Path
    databases: Mapping[str, Path]

    def clock(self, settings: Settings, start: int | None) -> MovableClock:
        """The clock of all."""
        return shared_clock(settings.clock, start, self.folder / "clock")

    def state(self) -> State:
        """Clients, sign-ins and what was revoked."""
        return state_in(str(self.state_dir))

    def store(self, environment: str) -> ResourceStore:
        """The data of an environment."""
        return SharedResourceStore(self.databases[environment], self.folder / f"data-{environment}")

    def counters(self, named: str) -> str:
        """Who counts, if nobody is named."""
        return named or f"file:{self.folder / 'counters'}"

    def faults(self, at_start: tuple[Rule, ...], clock: Clock) -> Faults:
        """The rules that are armed for all."""
        return SharedFaults(self.folder, at_start, clock.now())

    def journal(self, settings: Settings) -> Journal:
        """The journal of all."""
        return SharedJournal(settings.journal_size, self.folder, log=settings.log_requests)
