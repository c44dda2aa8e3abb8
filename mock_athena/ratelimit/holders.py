"""The holder of counters that ``--counters`` names."""

from pathlib import Path

from mock_athena.addresses import hidden
from mock_athena.clock import Clock
from mock_athena.errors import ConfigurationError, shortened
from mock_athena.ratelimit.counters import Counters, MemoryCounters
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.policies import Policy

SERVERS = ("redis://", "rediss://", "unix://", "valkey://", "valkeys://")


def counters_named(name: str, policy: Policy, clock: Clock, *, own_time: bool, fail: str) -> Counters:
    """Counters for one emulator; the caller closes them.

    Args:
        name: ``memory``, ``file:PATH`` or the URL of a Valkey or Redis server.
        own_time: our time is the machine's, so that a server may use its own.
        fail: ``closed`` or ``open``: what happens to requests while the server cannot be reached.

    Raises:
        ConfigurationError: there are none of that name, or they cannot be used.
    """
    engines = Engines(policy)
    if fail not in ("closed", "open"):
        message = f"unknown fail mode {shortened(fail, 40)!r}: expected closed or open"
        raise ConfigurationError(message)
    if name == "memory":
        return MemoryCounters(engines, clock)
    if name.startswith("file:") and len(name) > len("file:"):
        from mock_athena.ratelimit.shared_file import SharedFileCounters  # for several processes only

        return SharedFileCounters(Path(name.removeprefix("file:")), engines, clock)
    if name.startswith(SERVERS):
        from mock_athena.ratelimit.valkey import ValkeyCounters  # for several machines only

        address = "redis" + name.removeprefix("valkey") if name.startswith("valkey") else name
        return ValkeyCounters(address, engines, clock, own_time=own_time, fail=fail)
    message = (
        f"unknown counters {shortened(hidden(name), 80)!r}: expected memory, file:PATH or redis://HOST:PORT/DATABASE"
    )
    raise ConfigurationError(message)
