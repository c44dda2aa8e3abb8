"""States in Valkey or Redis, for several machines: one atomic script, one round trip for each decision.

The rules stand a second time in ``valkey.lua``; the same tests run over both. Under the system clock the server's own
time counts, so that machines whose clocks differ agree; otherwise our time is handed over with each request. States
are told apart by the limits of the policy, so that another policy on the same database meets with none of this one's.

If the server cannot be reached, ``--fail`` says what then: ``closed`` refuses every request that costs something,
``open`` admits it uncounted. Either way the decision says that it is one without counters.
"""

import threading
from collections.abc import Collection, Iterable
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import cast

from mock_athena.addresses import hidden, said
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.counters import Spent
from mock_athena.ratelimit.decision import Decision, QuotaKey
from mock_athena.ratelimit.engine import Engine, Engines
from mock_athena.ratelimit.limits import FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout

_LONGEST = 100 * 86_400  # seconds: longer differences are not exact in the script's numbers
_PATIENCE = 1.0  # seconds until a server that says nothing is given up
_RETRY = NANOSECONDS  # a caller is told to come back after a second


class ValkeyCounters:
    """States in a Valkey or Redis server.

    Args:
        url: such as ``redis://127.0.0.1:6379/0``.
        own_time: the server's own time counts, not our clock's.
        fail: ``closed`` or ``open``.
    """

    def __init__(self, url: str, engines: Engines, clock: Clock, *, own_time: bool, fail: str = "closed") -> None:
        try:
            import redis
            from redis.exceptions import NoScriptError
        except ImportError:
            message = f"counters: {hidden(url)} needs redis-py; install it with: pip install 'mock-athena[valkey]'"
            raise ConfigurationError(message) from None
        try:
            self._server = redis.Redis.from_url(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        except ValueError as error:
            message = (
                f"counters: {hidden(url)!r} is no address of a server ({said(url, error)}); expected "
                "redis://HOST:PORT/DATABASE"
            )
            raise ConfigurationError(message) from None
        self._lost = (redis.RedisError, OSError)
        self._no_script = NoScriptError
        self._source = Path(__file__).with_name("valkey.lua").read_text(encoding="utf-8")
        self._sha = self._server.register_script(self._source).sha
        self._engines, self._clock_now, self._own_time, self._fail = engines, clock.now, own_time, fail
        self._arguments = {id(part): _arguments(part.limits) for part in engines.policy.parts}
        limits = repr([part.limits for part in engines.policy.parts])
        self._prefix = f"mock-athena:{{{blake2b(limits.encode(), digest_size=8).hexdigest()}}}:".encode()
        self._lock = threading.Lock()
        self._seq = self._last = self._ahead_of_clock = 0

    def hit(self, key: QuotaKey, cost: int = 1, ahead: int = 0) -> Decision:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.hit`."""
        return self._decided("hit", key, cost, ahead)

    def look(self, key: QuotaKey) -> Decision:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.look`."""
        decision = self._decided("look", key, 1)
        return decision._replace(allowed=True, refused_by=-1, wait=0, queued=0, cost=0)

    def release(self, decision: Decision) -> int:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.release`."""
        try:
            return self._run("release", decision.key, 1, 0, decision.instant)[0]
        except self._lost:
            return 0  # the lease ends by itself

    def standings(self, keys: Collection[QuotaKey] | None = None) -> list[Decision]:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.standings`."""
        return [self._decided("standing", key, 1) for key in sorted(self._known(keys))]

    def _known(self, keys: Iterable[QuotaKey] | None) -> list[QuotaKey]:
        """Who spent something: all, or those of these keys."""
        prefix = self._prefix + b"of:"
        try:
            if keys is not None:
                return [key for key in keys if self._server.exists(prefix + "\0".join(key).encode())]
            found = [cast("bytes", name) for name in self._server.scan_iter(prefix + b"*", 1000)]
        except self._lost:
            return []
        return [QuotaKey(*name[len(prefix) :].decode().split("\0")) for name in found]  # type: ignore[arg-type]

    def reachable(self) -> bool:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.reachable`."""
        try:
            return bool(self._server.ping())
        except self._lost:
            return False

    def spent(self) -> None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.spent`: other emulators count there too."""

    def replace(self, spent: list[Spent]) -> None:  # noqa: ARG002 - see below
        """See :meth:`~mock_athena.ratelimit.counters.Counters.replace`: here all begin anew, since none can be told."""
        self.reset()

    def reset(self) -> None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.reset`."""
        with self._lock:
            self._last = self._ahead_of_clock = 0
        try:
            for name in self._server.scan_iter(self._prefix + b"*", 1000):
                self._server.delete(name)
        except self._lost:
            return

    def close(self) -> None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.close`."""
        self._server.close()

    def _decided(self, mode: str, key: QuotaKey, cost: int, ahead: int = 0) -> Decision:
        engine = self._engines.engine_for(key)
        try:
            seq, seconds, rest, by, wait, queued, *standings = self._run(mode, key, cost, ahead)
        except self._lost:
            return self._without(engine, key, cost)
        instant = seconds * NANOSECONDS + rest
        self._noted(seq, instant)
        told = tuple((left, s * NANOSECONDS + n) for left, s, n in _threes(standings))
        return Decision(not wait, seq, instant, engine.policy, key, told, by - 1, wait, queued, cost)

    def _run(self, mode: str, key: QuotaKey, cost: int, ahead: int, instant: int | None = None) -> list[int]:
        engine = self._engines.engine_for(key)
        time: tuple[object, object] = ("", "")
        if instant is not None or not self._own_time:
            time = divmod(self._clock_now() + self._ahead_of_clock if instant is None else instant, NANOSECONDS)
        keep = _horizon(engine.policy.limits) if self._own_time else 0
        names = (self._prefix + b"of:" + "\0".join(key).encode(), self._prefix + b"header")
        arguments = (mode, cost, ahead, *time, keep, self._seq, *self._arguments.get(id(engine.policy), ()))
        try:
            told = self._server.evalsha(self._sha, 2, *names, *arguments)  # type: ignore[arg-type]
        except self._no_script:
            told = self._server.eval(self._source, 2, *names, *arguments)  # type: ignore[arg-type]
        return cast("list[int]", told)

    def _noted(self, seq: int, instant: int) -> None:
        """Go on from here if the server is lost, or has lost what it knew."""
        with self._lock:
            self._seq = max(self._seq, seq)
            if not self._own_time:
                self._ahead_of_clock = max(self._ahead_of_clock, instant - self._clock_now())
            self._last = max(self._last, instant)

    def _without(self, engine: Engine, key: QuotaKey, cost: int) -> Decision:
        """The decision of an emulator that has lost its counters."""
        with self._lock:
            self._seq += 1
            self._last = max(self._last, self._clock_now())
            seq, now = self._seq, self._last
        closed = self._fail == "closed" and bool(engine.policy.limits)
        wait = _RETRY if closed else 0
        return Decision(not closed, seq, now, engine.policy, key, (), 0 if closed else -1, wait, wait, cost, lost=True)


def _arguments(limits: Iterable[Limit]) -> tuple[int, ...]:
    return tuple(chain.from_iterable(_five(limit) for limit in limits))


def _five(limit: Limit) -> tuple[int, int, int, int, int]:
    """A limit as the script takes it."""
    if limit.window > _LONGEST:
        message = (
            f"counters: the window of {limit.name!r} is longer than {_LONGEST} s, which only memory and a file count"
        )
        raise ConfigurationError(message)
    match limit:
        case SlidingWindow():
            return 1, limit.quota, limit.window, 0, int(limit.charge_denied)
        case FixedWindow():
            return 2, limit.quota, limit.window, 0, int(limit.charge_denied)
        case TokenBucket():
            return 3, limit.quota, limit.window, limit.interval, int(limit.charge_denied) + 2 * limit.until_full
        case Lockout():
            return 4, limit.quota, limit.window, limit.penalty, 1
        case Concurrency():
            return 5, limit.quota, limit.window, limit.lease, 0
    message = f"counters: a server cannot count {type(limit).__name__}; use memory or a file"
    raise ConfigurationError(message)


def _horizon(limits: Iterable[Limit]) -> int:
    """Milliseconds after which a caller who does nothing stands as if it had never been here."""
    spans = [max(limit.window, getattr(limit, "penalty", 0), getattr(limit, "lease", 0)) for limit in limits]
    return 1000 * (max(spans, default=0) + 1)


def _threes(values: list[int]) -> Iterable[list[int]]:
    rest = iter(values)
    while three := list(islice(rest, 3)):
        yield three
