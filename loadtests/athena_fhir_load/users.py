"""Virtual users of locust: how one asks, what it does with an answer, and when its next request is due.

Importing this imports locust, which makes the standard library's sockets and threads cooperative: only processes that
are load generators do.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from typing import Any, ClassVar

import gevent
from gevent import GreenletExit
from gevent.lock import BoundedSemaphore
from gevent.pool import Pool
from geventhttpclient.client import HTTPClientPool
from locust import FastHttpUser, task
from locust.exception import StopUser

from athena_fhir_load.arrivals import Arrivals, Even
from athena_fhir_load.journals import LoadError
from athena_fhir_load.running_load import Load, load_of

FORM = "application/x-www-form-urlencoded"

_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
_CONNECTIONS = 128
_GRACE = 2.0  # seconds that requests in flight have in the end


def shared_pool() -> HTTPClientPool:
    """Connections for all callers of a class, as behind a proxy: a server has only so many for all of them."""
    return HTTPClientPool(concurrency=_CONNECTIONS, connection_timeout=10.0, network_timeout=30.0)


class Caller(FastHttpUser):
    """One caller of the API, with an OAuth client of its own where the target lets it.

    Attributes:
        obeys: at a 429 it waits as long as Retry-After says, and then asks again.
        shares: all callers of this class are one client, and share its quota.
        tolerates: what goes wrong is noted, and is no failure of the run: it was armed on purpose.
        limited: it never asks faster than a sandbox allows; others are for emulators alone.
    """

    abstract = True
    obeys = True
    shares = False
    tolerates = False
    limited = False
    insecure = False
    concurrency = 64
    network_timeout = 30.0
    connection_timeout = 10.0
    numbers: ClassVar[Any] = count(1)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.load: Load = load_of(environment)
        # Users of different processes differ in their number, too.
        self.name = f"{type(self).__name__}-{self.load.process * 100_000 + next(Caller.numbers)}"
        self.random = random.Random(f"{self.load.seed}/{self.name}")  # noqa: S311 - repeatable, not secret
        self.blocked = 0.0
        self._waiting = BoundedSemaphore(1)
        self.sent = count(1)
        self._token, self._token_ends = "", 0.0

    def on_start(self) -> None:
        """Get a client and a token, before anything is measured."""
        if self.load.over:
            raise GreenletExit
        if not self.load.target.emulator and not self.limited:
            self.load.stop(f"{type(self).__name__} goes beyond the limits on purpose: it is for emulators alone")
            raise GreenletExit  # StopUser would be logged with a traceback here
        try:
            self.ready()
        except LoadError as error:
            self.load.stop(str(error))
            raise GreenletExit from None
        self.load.notes.users[type(self).__name__] += 1

    def ready(self) -> None:
        """What it needs before its first request.

        Raises:
            LoadError: it cannot have it; then the run is ended.
        """
        name = type(self).__name__ if self.shares else self.name
        self.credentials = self.load.credentials(f"load-{self.load.mark}-{name}")
        self.token()

    def token(self) -> str:
        """An access token, as good as new."""
        if time.monotonic() > self._token_ends:
            told = self.load.token(self.credentials)
            self._token, self._token_ends = told["access_token"], told["until"]
        return self._token

    def get(self, path: str, name: str, due: float | None = None, **headers: str) -> Any:
        """A GET of a path below the FHIR base, or of an absolute URL; answers the response, or None at the end."""
        return self.ask("GET", path, name, due, headers=headers)

    def ask(self, method: str, path: str, name: str, due: float | None = None, **sent: Any) -> Any:
        """One request, and after a 429 the next, until something else is answered.

        Args:
            name: under which it is counted. due: when it should have been sent (``perf_counter``); now if left out.
            sent: headers and body; ``bare`` for no token.
        """
        due = time.perf_counter() if due is None else due
        while True:
            with self._turn():
                response = self._once(method, path, name, due, sent)
                if response is None or response.status_code != _TOO_MANY or not self.obeys:
                    return response
                told = (response.headers or {}).get("Retry-After", "1")
                self.blocked = max(self.blocked, time.perf_counter() + (float(told) if told.isdecimal() else 1.0))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """When one who obeys may send: those who had to wait go one after the other, since the first may be refused."""
        if not self.obeys or (self.blocked <= time.perf_counter() and not self._waiting.locked()):
            yield
            return
        with self._waiting:
            while self.blocked > time.perf_counter():
                self._wait_until(self.blocked)
            yield

    def _once(self, method: str, path: str, name: str, due: float, sent: dict[str, Any]) -> Any:
        if not self.load.take():
            return None
        try:
            token = "" if sent.get("bare") else self.token()
        except LoadError:
            return None  # the load is over, and knows why
        url = path if "://" in path else self.load.target.origin + self.load.target.fhir + path
        headers = {"X-Request-Id": f"load:{self.name}:{next(self.sent)}"} | sent.get("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        rest = {key: value for key, value in sent.items() if key not in ("headers", "bare")}
        began = time.perf_counter()
        with self.client.request(method, url, name=name, catch_response=True, headers=headers, **rest) as response:
            self._note(response, name, due, began)
        return response

    def _note(self, response: Any, name: str, due: float, began: float) -> None:
        """In locust's statistics and in ours: 429s under a name of their own, and no failures."""
        ended = time.perf_counter()
        status = response.status_code
        meta = response.request_meta
        if status == _TOO_MANY:
            meta["name"], meta["response_time"] = f"429 {name}", (ended - began) * 1000
            self.load.came("refused", ended, (ended - began) * 1000)
            response.success()
            return
        meta["response_time"] = (ended - due) * 1000
        if 0 < status < HTTPStatus.BAD_REQUEST:
            self.load.came("answered", ended, meta["response_time"])
            response.success()
            return
        why = f"{name}: {status or response.error!r}"
        self.load.came("failed", ended, meta["response_time"])
        if self.tolerates:
            meta["name"] = f"{status} {name}"
            response.success()
            return
        self.load.notes.failed(why)
        response.failure(why)

    def _wait_until(self, instant: float) -> None:
        left = instant - time.perf_counter()
        if left > 0:
            gevent.sleep(left)


class OpenCaller(Caller):
    """A caller whose requests are due at their own times, however long answers take.

    Attributes:
        arrivals: when. most_open: requests that it has open at once; one that is due then is dropped, and counted.
    """

    abstract = True
    arrivals: Arrivals = Even(1.0)
    most_open = 32

    def request(self, due: float) -> None:
        """Make the request that is due."""
        raise NotImplementedError

    @task
    def arrive(self) -> None:
        """Send whatever is due when it is due, until the load ends."""
        pool, began = Pool(self.most_open), time.perf_counter()
        try:
            for after in self.arrivals.due(self.random):
                due = began + after
                self._wait_until(due)
                self._send(pool, due)
                if self.load.over:
                    raise StopUser
        finally:
            pool.join(_GRACE)
            pool.kill()

    def _send(self, pool: Pool, due: float) -> None:
        self.load.offered(due)
        if pool.full():
            self.load.dropped(due)
            return
        self.load.notes.lag.add(max(0.0, time.perf_counter() - due) * 1000)
        pool.spawn(self.request, due)


class ClosedCaller(Caller):
    """A caller that asks again when it was answered: a loop of its own, as most clients are."""

    abstract = True

    def rounds(self) -> None:
        """One round of what it does."""
        raise NotImplementedError

    @task
    def loop(self) -> None:
        """One round, until the load ends."""
        self.rounds()
        if self.load.over:
            raise StopUser
