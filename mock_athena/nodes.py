"""Several machines that are one emulator: nodes, who share a database (``--db postgresql://…``) and counters.

In the database are data, export jobs, clients, sign-ins and what was revoked; what one node writes, all see with their
next request. Time is the machines' own, so nobody moves it. The journal and the faults are each node's: who wants all
of the journal asks every node, and the decisions' numbers, which the counters give, put it in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mock_athena.clock import Clock, MovableClock, SystemClock
from mock_athena.errors import ConfigurationError, ControlError
from mock_athena.faults import Faults
from mock_athena.journal import Journal
from mock_athena.settings import Settings
from mock_athena.state import State
from mock_athena.store import ResourceStore
from mock_athena.store.files import Maker

if TYPE_CHECKING:
    from mock_athena.faults.rules import ArmedRule, Rule


class NodeClock(SystemClock):
    """The machine's time, which nobody stops: other nodes would not know."""

    def freeze(self) -> None:
        """Refused.

        Raises:
            ControlError: always.
        """
        message = (
            "this emulator has several nodes, each with the time of its machine; start one alone to stop the clock"
        )
        raise ControlError(message, status=409)


class NodeFaults(Faults):
    """What ``--scenario`` armed, in each node for itself; nothing else is armed in one node alone."""

    def arm(self, rules: "Iterable[Rule]", now: int) -> "list[ArmedRule]":
        """See :meth:`Faults.arm`.

        Raises:
            ControlError: they are not those that are armed at the start.
        """
        rules = tuple(rules)
        if rules != self._at_start:
            message = (
                "this emulator has several nodes, and a fault would strike in this one alone; start all with --scenario"
            )
            raise ControlError(message, status=409)
        return super().arm(rules, now)

    def replace(self, armed: "Sequence[ArmedRule]") -> None:
        """See :meth:`Faults.replace`.

        Raises:
            ControlError: they are not those that are armed at the start.
        """
        if tuple(each.rule for each in armed) != self._at_start:
            message = (
                "this emulator has several nodes, and the faults of the snapshot would strike in this one alone; take "
                "it again without them"
            )
            raise ControlError(message, status=409)
        super().replace(armed)


class Source(NamedTuple):
    """What an environment starts from.

    Attributes:
        contents: in words: the same words stand for the same data.
        make: writes a store file with them.
    """

    contents: str
    make: Maker


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where everything is; see :class:`~mock_athena.commons.Commons`.

    Attributes:
        url: of the database. sources: of each environment.
        state_dir: none: nothing is kept in a folder.
    """

    url: str
    sources: Mapping[str, Source]
    state_dir: str = ""

    def clock(self, _settings: Settings, _start: int | None) -> MovableClock:
        """The machine's time."""
        return NodeClock()

    def state(self) -> State:
        """The state of all nodes.

        Raises:
            ConfigurationError: the database cannot be used.
        """
        from mock_athena.state.postgres import PostgresState

        return PostgresState(self.url)

    def store(self, environment: str) -> ResourceStore:
        """The data of an environment, for all nodes; filled by the first.

        Raises:
            ConfigurationError: the database cannot be used, or holds something else.
        """
        from mock_athena.store.postgres.filling import open_postgres

        return open_postgres(self.url, f"mock_athena_{environment}", *self.sources[environment])

    def counters(self, named: str) -> str:
        """Who counts; that is said for all of them."""
        return named

    def faults(self, at_start: "tuple[Rule, ...]", clock: Clock) -> Faults:
        """The rules of this node."""
        faults = NodeFaults()
        if at_start:
            faults.arm_at_start(at_start, clock.now())
        return faults

    def journal(self, settings: Settings) -> Journal:
        """The journal of this node."""
        return Journal(settings.journal_size, log=settings.log_requests)


def require_shareable(settings: Settings) -> None:
    """Refuse what nodes cannot share.

    Raises:
        ConfigurationError: says what, and what to do instead.
    """
    if settings.workers > 1:
        message = f"workers {settings.workers}: with --db postgresql://… start several nodes of one worker instead"
        raise ConfigurationError(message)
    if settings.clock != "system" or settings.start:
        message = "clock: nodes that share a database go by their machines' time; leave out --clock and --start"
        raise ConfigurationError(message)
    if settings.state_dir:
        message = "state-dir: clients, sign-ins and revocations are in the database of --db; leave out --state-dir"
        raise ConfigurationError(message)
    if settings.retry_after == "fair":
        message = "retry-after fair: what others were promised is known within one process; leave it out"
        raise ConfigurationError(message)
    if not settings.counters:
        message = (
            "counters: other nodes may share this database, so say who counts: --counters redis://HOST:PORT/0 for all "
            "of them, or --counters memory if this is the only one"
        )
        raise ConfigurationError(message)
    try:
        import psycopg  # noqa: F401 - whether it is there
    except ImportError:
        message = "db: postgresql://… needs psycopg; install it with: pip install 'mock-athena[postgres]'"
        raise ConfigurationError(message) from None
