"""``aiohttp``: its connector makes a protocol that is joined to a transport."""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from mock_athena.testing.libraries.changes import Change, Guide
from mock_athena.testing.memory import MemoryConnection

_CHUNK = 65_536


def changes(guide: Guide) -> list[Change]:
    """What leads this library."""
    from aiohttp.connector import TCPConnector

    original = vars(TCPConnector)["_create_connection"]

    async def create_connection(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        found = guide(req.url.scheme, req.url.raw_host or "", req.url.port or 0)
        if found is None:
            return await original(self, req, traces, timeout)
        protocol = self._factory()
        MemoryTransport(asyncio.get_running_loop(), protocol, found)
        return protocol

    return [Change(TCPConnector, "_create_connection", create_connection)]


class MemoryTransport(asyncio.Transport):
    """A transport of asyncio; a thread hands over what the emulator answers."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: Any, connection: MemoryConnection) -> None:
        super().__init__()
        self._loop = loop
        self._protocol = protocol
        self._connection = connection
        self._closing = False
        self._reading = threading.Event()
        self._reading.set()
        protocol.connection_made(self)
        threading.Thread(target=self._hand_over, name="mock-athena-answer", daemon=True).start()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """See asyncio."""
        try:
            self._connection.send(bytes(data))
        except OSError as error:
            self._end(error)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """See asyncio."""
        self.write(b"".join(list_of_data))

    def pause_reading(self) -> None:
        """See asyncio."""
        self._reading.clear()

    def resume_reading(self) -> None:
        """See asyncio."""
        self._reading.set()

    def is_reading(self) -> bool:
        """See asyncio."""
        return self._reading.is_set() and not self._closing

    def is_closing(self) -> bool:
        """See asyncio."""
        return self._closing

    def get_protocol(self) -> Any:
        """See asyncio."""
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """See asyncio."""
        self._protocol = protocol

    def close(self) -> None:
        """See asyncio."""
        self._end(None)

    def abort(self) -> None:
        """See asyncio."""
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        self._connection.close()
        self._reading.set()
        self._loop.call_soon(self._protocol.connection_lost, error)

    def _hand_over(self) -> None:
        while True:
            self._reading.wait()
            try:
                chunk = self._connection.receive(_CHUNK)
            except OSError as error:
                self._soon(self._end, error)
                return
            if not chunk:
                self._soon(self._eof)
                return
            self._soon(self._received, chunk)

    def _received(self, chunk: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(chunk)

    def _eof(self) -> None:
        if not self._closing and not self._protocol.eof_received():
            self._end(None)

    def _soon(self, call: Any, *args: Any) -> None:
        with suppress(RuntimeError):  # the loop was closed, and nobody is interested any more
            self._loop.call_soon_threadsafe(call, *args)
