"""``httpcore``, and with it ``httpx``: its network backends open streams of bytes.

https://www.encode.io/httpcore/network-backends/
"""

import contextlib
from functools import cache, partial
from inspect import signature
from typing import Any

from mock_athena.testing.libraries.changes import Change, Guide
from mock_athena.testing.memory import MemoryConnection


def changes(guide: Guide) -> list[Change]:
    """What leads this library."""
    import httpcore

    # Without anyio or trio there is only a class that says so.
    others = [each for each in (httpcore.AnyIOBackend, httpcore.TrioBackend) if "connect_tcp" in vars(each)]
    proxies = [httpcore.HTTPProxy, httpcore.AsyncHTTPProxy, httpcore.SOCKSProxy, httpcore.AsyncSOCKSProxy]
    return [
        Change(httpcore.SyncBackend, "connect_tcp", _connect(httpcore.SyncBackend, guide)),
        *(Change(each, "connect_tcp", _connect_async(each, guide)) for each in others),
        *(
            Change(each, "create_connection", _past_the_proxy(each, guide))
            for each in proxies
            if "create_connection" in vars(each)
        ),
    ]


def _connect(backend: type[Any], guide: Guide) -> Any:
    original = vars(backend)["connect_tcp"]

    def connect_tcp(self: Any, host: str, port: int, *args: Any, **options: Any) -> Any:
        found = guide(_scheme(port), host, port)
        return original(self, host, port, *args, **options) if found is None else MemoryStream(found)

    return connect_tcp


def _connect_async(backend: type[Any], guide: Guide) -> Any:
    original = vars(backend)["connect_tcp"]

    async def connect_tcp(self: Any, host: str, port: int, *args: Any, **options: Any) -> Any:
        found = guide(_scheme(port), host, port)
        return await original(self, host, port, *args, **options) if found is None else AsyncMemoryStream(found)

    return connect_tcp


def _past_the_proxy(pool: type[Any], guide: Guide) -> Any:
    """No proxy is asked for a host that is ours, or refused; who opens streams would only see the proxy's name."""
    original = vars(pool)["create_connection"]

    def create_connection(self: Any, origin: Any) -> Any:
        host, scheme = origin.host.decode("ascii"), origin.scheme.decode("ascii")
        if guide(scheme, host, origin.port) is None:
            return original(self, origin)
        straight: Any = super(pool, self)
        return straight.create_connection(origin)

    return create_connection


def _scheme(port: int) -> str:
    """Whether TLS will be started is not known yet, when a connection is opened."""
    return "http" if port == 80 else "https"


@cache
def _abandoned(run_sync: Any) -> dict[str, Any]:
    """What lets a thread go on alone when its caller is cancelled: anyio 4.1 gave it another name."""
    known = signature(run_sync).parameters
    return {"abandon_on_cancel" if "abandon_on_cancel" in known else "cancellable": True}


class MemoryStream:
    """A network stream of ``httpcore``."""

    def __init__(self, connection: MemoryConnection) -> None:
        self._connection = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        import httpcore

        try:
            return self._connection.receive(max_bytes, timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore.ReadError(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - httpcore's signature
        """See httpcore."""
        import httpcore

        try:
            self._connection.send(buffer)
        except OSError as error:
            raise httpcore.WriteError(error) from error

    def close(self) -> None:
        """See httpcore."""
        self._connection.close()

    def start_tls(self, *_: object, **__: object) -> "MemoryStream":
        """Nobody listens in."""
        return self

    def get_extra_info(self, info: str) -> Any:
        """Only whether an idle connection has ended, which is when it is readable."""
        return self._connection.closed if info == "is_readable" else None


class AsyncMemoryStream:
    """The same for asyncio and trio."""

    def __init__(self, connection: MemoryConnection) -> None:
        self._stream = MemoryStream(connection)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        from anyio import to_thread

        read = partial(self._stream.read, max_bytes, timeout)
        return await to_thread.run_sync(read, **_abandoned(to_thread.run_sync))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """See httpcore."""
        with contextlib.suppress(OSError):
            self._stream.close()

    async def start_tls(self, *_: object, **__: object) -> "AsyncMemoryStream":
        """Nobody listens in."""
        return self

    def get_extra_info(self, info: str) -> Any:
        """See :class:`MemoryStream`."""
        return self._stream.get_extra_info(info)
