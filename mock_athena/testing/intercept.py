"""athenahealth's hosts answered in this process: no URL of the client under test changes, and no socket is opened.

The real hosts are out of reach meanwhile: a request to a host of athenahealth that is not answered here is refused,
unless it was allowed by name. All other hosts are none of our business.
"""

import functools
import inspect
import os
import threading
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import Any, TypeVar

from mock_athena.app import MockAthena, create_app
from mock_athena.settings import Settings
from mock_athena.testing.athena import Athena
from mock_athena.testing.libraries import ENTRANCES
from mock_athena.testing.libraries.changes import Changes
from mock_athena.testing.memory import MemoryConnection, MemoryServer
from mock_athena.testing.sleep import virtual_sleep

PRODUCTION_HOST = "api.platform.athenahealth.com"
PREVIEW_HOST = "api.preview.platform.athenahealth.com"
HOSTS = (PRODUCTION_HOST, PREVIEW_HOST)
_REAL = ".athenahealth.com"
_NOT_LED = (
    "The library in use opens its sockets itself, so intercept_athena cannot answer it: it answers requests, httpx, "
    "urllib3, aiohttp and http.client. Give the client the base_url of serve_athena() or of the fixture athena"
)

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


class RealHostRefused(RuntimeError):
    """A test was about to call athenahealth itself."""

    def __init__(self, host: str, instead: str = "") -> None:
        instead = instead or (
            f"Expected one of {', '.join(HOSTS)} inside of intercept_athena(), or the base_url of an emulator"
        )
        super().__init__(
            f"a test was about to connect to {host}, a host of athenahealth. Nothing was sent. {instead}. If the real "
            f"host is meant, allow it: intercept_athena(allow=[{host!r}]), or @pytest.mark.athena(allow=[{host!r}])"
        )


class Interception:
    """What one block leads elsewhere.

    Args:
        app: who answers for ``hosts``; None where nobody does.
        allow: hosts of athenahealth that may be reached for real.
    """

    def __init__(self, app: MockAthena | None, hosts: Collection[str], allow: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._allow = frozenset(host.lower() for host in allow)
        self._open: weakref.WeakSet[MemoryConnection] = weakref.WeakSet()

    def guide(self, scheme: str, host: str, port: int) -> MemoryConnection | None:
        """See :mod:`mock_athena.testing.libraries`.

        Raises:
            RealHostRefused: the host is athenahealth's, not ours to answer for, and not allowed; or it is ours, and
                is looked up by a library that cannot be led.
        """
        name = host.lower().rstrip(".")
        if self._app is not None and name in self._hosts:
            if not scheme:
                raise RealHostRefused(host, _NOT_LED)
            connection = MemoryConnection(MemoryServer(self._app, scheme, host, port))
            self._open.add(connection)
            return connection
        if name.endswith(_REAL) and name not in self._allow:
            raise RealHostRefused(host)
        return None

    def end(self) -> None:
        """Connections that are still open end, so that nobody goes on talking to what is gone."""
        for connection in list(self._open):
            connection.close()


class _Interceptions:
    """Those that are going on in this process; the innermost answers. Threads share them, as they share the modules."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._going_on: list[Interception] = []
        self._changes = Changes({module: partial(changes, self._guide) for module, changes in ENTRANCES.items()})

    @contextmanager
    def going_on(self, one: Interception) -> Iterator[None]:
        with self._lock:
            if not self._going_on:
                self._changes.begin()
            self._going_on.append(one)
        try:
            yield
        finally:
            with self._lock:
                self._going_on.remove(one)
                if not self._going_on:
                    self._changes.end()
            one.end()

    def _guide(self, scheme: str, host: str, port: int) -> MemoryConnection | None:
        with self._lock:
            innermost = self._going_on[-1] if self._going_on else None
        # A client may hold on to a changed function for longer than the change lasts.
        return innermost.guide(scheme, host, port) if innermost else None


_INTERCEPTIONS = _Interceptions()


class intercept_athena:
    """Answers for athenahealth's hosts with an emulator of its own, for a block or a function.

    Reaches what ``requests``, ``urllib3``, ``httpx``, ``aiohttp`` and ``http.client`` connect to. As a decorator it
    begins anew with every call; what the function needs of the emulator it gets in a ``with`` block instead.

    Args:
        hosts: which hosts it answers for. allow: hosts of athenahealth that may be reached for real.
        virtual_sleep: ``time.sleep`` and ``asyncio.sleep`` move the emulator's clock instead of waiting; needs a clock
            that stands, which is what it has then unless ``clock`` says otherwise.
        settings: fields of :class:`mock_athena.Settings`.
    """

    def __init__(
        self,
        *,
        hosts: Collection[str] = HOSTS,
        allow: Collection[str] = (),
        virtual_sleep: bool = False,
        **settings: Any,
    ) -> None:
        self._block = partial(_intercepted, tuple(hosts), tuple(allow), virtual_sleep, settings)
        self._entered: list[AbstractContextManager[Athena]] = []

    def __enter__(self) -> Athena:
        block = self._block()
        athena = block.__enter__()
        self._entered.append(block)
        return athena

    def __exit__(self, *error: Any) -> bool | None:
        return self._entered.pop().__exit__(*error)

    def __call__(self, function: AnyFunction) -> AnyFunction:
        """The function, inside of a block of its own whenever it is called.

        Raises:
            TypeError: a class, or an ``async`` generator.
        """
        if isinstance(function, type) or inspect.isasyncgenfunction(function):
            message = f"intercept_athena decorates functions, not {function!r}; use 'with intercept_athena()' inside"
            raise TypeError(message)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def called_async(*args: Any, **named: Any) -> Any:
                with self._block():
                    return await function(*args, **named)

            return called_async  # type: ignore[return-value]

        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generated(*args: Any, **named: Any) -> Any:
                with self._block():
                    return (yield from function(*args, **named))

            return generated  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*args: Any, **named: Any) -> Any:
            with self._block():
                return function(*args, **named)

        return called  # type: ignore[return-value]


@contextmanager
def real_hosts_refused(allow: Collection[str] = ()) -> Iterator[None]:
    """While this lasts, no host of athenahealth is called but those of ``allow``."""
    with _INTERCEPTIONS.going_on(Interception(None, (), allow)):
        yield


@contextmanager
def _intercepted(
    hosts: tuple[str, ...], allow: tuple[str, ...], sleepless: bool, settings: dict[str, Any]
) -> Iterator[Athena]:
    with ExitStack() as stack:
        wanted: dict[str, Any] = {"clock": "manual"} if sleepless else {}
        app = create_app(Settings(**wanted | settings))
        stack.callback(app.close)
        stack.callback(app.let_go)
        stack.enter_context(_not_by_proxy(hosts))
        stack.enter_context(_INTERCEPTIONS.going_on(Interception(app, hosts, allow)))
        if sleepless:
            stack.enter_context(virtual_sleep(app.world.clock))
        yield Athena(app, f"https://{hosts[0]}")


@contextmanager
def _not_by_proxy(hosts: tuple[str, ...]) -> Iterator[None]:
    """No proxy of the environment is asked for our hosts."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    for name, value in before.items():
        os.environ[name] = ",".join(([value] if value else []) + list(hosts))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
