"""``http.client``, and with it ``urllib.request``: a connection connects, and has a socket then."""

import http.client
import io
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from mock_athena.testing.libraries.changes import Change, Guide
from mock_athena.testing.memory import MemoryConnection


def changes(guide: Guide) -> list[Change]:
    """What leads this library."""
    return [
        connecting(http.client.HTTPConnection, "http", guide),
        connecting(http.client.HTTPSConnection, "https", guide),
    ]


def connecting(owner: type[Any], scheme: str, guide: Guide) -> Change:
    """A ``connect`` that asks the guide first."""
    # Within a cassette of VCR.py a class of its own has the place, and connects by the one that was there.
    owner = getattr(owner, "_baseclass", owner)
    original: Callable[[Any], None] = vars(owner)["connect"]

    def connect(self: Any) -> None:
        # With a proxy, the host that is meant is the one behind it.
        host, port = (
            (self._tunnel_host, self._tunnel_port) if getattr(self, "_tunnel_host", None) else (self.host, self.port)
        )
        found = guide(scheme, host, port or (443 if scheme == "https" else 80))
        if found is None:
            original(self)
            return
        self.sock = MemorySocket(found)
        self.sock.settimeout(self.timeout if isinstance(self.timeout, (int, float)) else socket.getdefaulttimeout())
        self.is_verified = True  # what urllib3 would warn of otherwise

    return Change(owner, "connect", connect)


class MemorySocket:
    """As much of a socket as HTTP clients use.

    It has a file descriptor, since clients ask the system whether an idle connection was closed by the other side: the
    end of a pipe in which nothing is, until our side is closed.
    """

    # Asked for by urllib3-future, which comes with niquests in the place of urllib3.
    family = socket.AF_INET
    type = socket.SOCK_STREAM

    def __init__(self, connection: MemoryConnection) -> None:
        self._connection = connection
        self._timeout: float | None = None
        self._lock = threading.Lock()
        self._users = 1  # this object, and every file made of it
        self._closed = False
        self._readable, self._writable = os.pipe()

    def makefile(self, mode: str = "r", buffering: int | None = None, **_: object) -> io.BufferedReader:
        """A file to read the answer from."""
        if "r" not in mode or "w" in mode:
            message = f"a connection in memory is read through a file, not written: mode {mode!r}"
            raise ValueError(message)
        with self._lock:
            self._users += 1
        return io.BufferedReader(_Answer(self), buffering if buffering and buffering > 0 else io.DEFAULT_BUFFER_SIZE)

    def sendall(self, data: bytes, _flags: int = 0) -> None:
        """See socket."""
        self._connection.send(data)

    def send(self, data: bytes, flags: int = 0) -> int:
        """See socket."""
        self.sendall(data, flags)
        return len(data)

    def recv(self, most: int, _flags: int = 0) -> bytes:
        """See socket."""
        return self._connection.receive(most, self._timeout)

    def settimeout(self, seconds: float | None) -> None:
        """See socket."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """See socket."""
        return self._timeout

    def setsockopt(self, *_: object) -> None:
        """There is nothing to set."""

    def getsockopt(self, *_: object) -> int:
        """Whatever it is, it is on."""
        return 1

    def fileno(self) -> int:
        """A descriptor that is readable when the connection has ended."""
        if self._connection.closed:
            with self._lock:
                self._hang_up()
        return self._readable

    def getpeername(self) -> tuple[str, int]:
        """See socket."""
        return self._connection.server.server_name, self._connection.server.effective_port

    def getpeercert(self, binary_form: bool = False) -> bytes | dict[str, Any]:
        """Nobody's."""
        return b"" if binary_form else {}

    def shutdown(self, _how: int) -> None:
        """See socket."""
        self._connection.close()

    def close(self) -> None:
        """See socket: files made of it stay open."""
        if not self._closed:
            self._closed = True
            self.release()

    def release(self) -> None:
        """One user less; the last one ends the connection."""
        with self._lock:
            self._users -= 1
            if self._users:
                return
            self._hang_up()
            if self._readable >= 0:
                os.close(self._readable)
                self._readable = -1
        self._connection.close()

    def _hang_up(self) -> None:
        if self._writable >= 0:
            os.close(self._writable)
            self._writable = -1

    def __del__(self) -> None:
        self._hang_up()
        if self._readable >= 0:
            os.close(self._readable)


class _Answer(io.RawIOBase):
    def __init__(self, socket: MemorySocket) -> None:
        self._socket = socket

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._socket.recv(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._socket.release()
        super().close()
