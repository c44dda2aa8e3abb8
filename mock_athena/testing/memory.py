"""HTTP connections without sockets: bytes go in, waitress's own parser and task make bytes of the answer.

So a client reads exactly what it would read from a server: the same heads, chunks, pauses and broken connections.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import ClientDisconnected
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import InternalServerError

from mock_athena.errors import ConnectionFault
from mock_athena.serving import WAITRESS
from mock_athena.transport import Task

_MOST_UNREAD = 2 * 1024 * 1024  # bytes that the application may be ahead of a slow reader
_IDLE = 0.5  # seconds that the thread of a connection waits for the next request
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_log = logging.getLogger("mock_athena.testing")


class MemoryServer:
    """What waitress asks of a server, for one origin; its connections are :class:`MemoryConnection`.

    Args:
        application: the WSGI application. scheme: ``http`` or ``https``. host, port: as the client names them.
    """

    def __init__(self, application: Callable[..., Any], scheme: str, host: str, port: int) -> None:
        self.application = application
        # It listens nowhere; of an address to listen at, waitress would ask the system's name service.
        self.adj = Adjustments(**WAITRESS, url_scheme=scheme, listen="")
        self.server_name = host
        self.effective_port = port
        self.task_dispatcher = self

    def team_of(self, _request: object) -> Any:
        """Whoever holds a request for long holds a thread of nobody else."""
        return SimpleNamespace(held=_held)


def _held() -> AbstractContextManager[None]:
    return nullcontext()


class MemoryConnection:
    """One connection: a channel to waitress, a pair of ``send`` and ``receive`` to the client."""

    def __init__(self, server: MemoryServer) -> None:
        self.server = server
        self.adj = server.adj
        self.addr = ("127.0.0.1", 0)
        self._requests: deque[Any] = deque()
        self._parsing: Any = None
        self._continued = False
        lock = threading.RLock()
        self._asked, self._changed = threading.Condition(lock), threading.Condition(lock)
        self._unread: deque[bytes] = deque()
        self._size = 0
        self._serving = False
        self._ended = False
        self._reset = False
        self._closed = False

    def send(self, data: bytes) -> None:
        """Bytes of the client.

        Raises:
            BrokenPipeError: the connection has ended.
        """
        with self._changed:
            if self._closed or self._ended:
                raise BrokenPipeError("the connection was closed")
            self._parse(bytes(data))
            if self._requests and self._serving:
                self._asked.notify()
            elif self._requests:
                self._serving = True
                threading.Thread(target=self._serve, name="mock-athena-request", daemon=True).start()

    def receive(self, most: int, timeout: float | None = None) -> bytes:
        """Up to ``most`` bytes of the answer; empty at the end of the connection.

        Raises:
            TimeoutError: nothing came for ``timeout`` seconds.
            ConnectionResetError: the connection was reset.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._unread or self._ended or self._closed, timeout):
                raise TimeoutError("timed out")
            if not self._unread:
                if self._reset:
                    raise ConnectionResetError("connection reset by peer")
                return b""
            chunk = self._unread.popleft()
            if len(chunk) > most:
                self._unread.appendleft(chunk[most:])
                chunk = chunk[:most]
            self._size -= len(chunk)
            self._changed.notify_all()
            return chunk

    def close(self) -> None:
        """The client goes."""
        with self._changed:
            self._closed = True
            self._asked.notify_all()
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether the client, or the server, has ended it."""
        return self._closed or self._ended

    # What waitress's tasks, and ours, ask of a channel.

    def write_soon(self, data: bytes) -> int:
        """Bytes of the answer."""
        with self._changed:
            self._changed.wait_for(lambda: self._size < _MOST_UNREAD or self._closed)
            if self._closed:
                raise ClientDisconnected
            if data:
                self._unread.append(bytes(data))
                self._size += len(data)
                self._changed.notify_all()
        return len(data)

    def gone(self) -> bool:
        """Whether the client has gone."""
        return self._closed

    check_client_disconnected = gone

    def break_off(self, fault: ConnectionFault) -> None:
        """Break the connection as a fault says."""
        with self._changed:
            self._ended = True
            self._reset = fault.how == "reset"
            self._changed.notify_all()
        if fault.how == "half-close":
            fault.held()

    def _parse(self, data: bytes) -> None:
        while data:
            if self._parsing is None:
                self._parsing = HTTPRequestParser(self.adj)
            taken = self._parsing.received(data)
            if self._parsing.expect_continue and self._parsing.headers_finished and not self._continued:
                self._continued = True
                self._unread.append(_CONTINUE)
                self._size += len(_CONTINUE)
                self._changed.notify_all()
            if self._parsing.completed:
                if not self._parsing.empty:
                    self._requests.append(self._parsing)
                self._parsing, self._continued = None, False
            data = data[taken:]

    def _serve(self) -> None:
        """Answer what comes, one request after the other."""
        while True:
            with self._asked:
                self._asked.wait_for(lambda: self._requests or self.closed, _IDLE)
                if not self._requests or self._ended:
                    self._serving = False
                    return
                request = self._requests.popleft()
            keeps = self._answer(request)
            request.close()
            if not keeps:
                with self._changed:
                    self._ended = True
                    self._changed.notify_all()

    def _answer(self, request: Any) -> bool:
        """Answer a request; whether the connection stays open."""
        channel: Any = self  # as much of one as a task asks for
        task = ErrorTask(channel, request) if request.error else Task(channel, request)
        try:
            task.service()
        except ClientDisconnected:
            return False
        except Exception:
            _log.exception("while answering %s", request.path)
            if task.wrote_header:
                return False
            request.error = InternalServerError("The emulator failed; its traceback was logged")
            task = ErrorTask(channel, request)
            task.service()
        return not task.close_on_finish
