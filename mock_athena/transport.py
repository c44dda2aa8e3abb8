"""What is below WSGI: the threads that answer, the spelling of header names, and connections that break.

waitress gives one queue to a fixed number of threads. Here a request of the control API has threads of its own, and
a thread that is to be held for long (by a stalled answer, a long-poll, a follower of the journal) is replaced for as
long as that lasts. So is one whose reader takes its time over an answer. So whatever is held, everybody else is
answered.
"""

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ThreadedTaskDispatcher, WSGITask

from mock_athena.errors import ConnectionFault, Unavailable
from mock_athena.outgoing import Outgoing
from mock_athena.web.control import PREFIX as CONTROL
from mock_athena.web.exchange import GONE_KEY, HELD_KEY

MOST_HELD = 500
"""So many threads may be held at once; a connection holds at most one, and 1,000 connections are accepted."""

_CONTROL_THREADS = 4
_PATIENCE = 10  # milliseconds that a reader may take for what is buffered before its thread is replaced
_SECOND = 1000
_LARGE = 65_536  # bytes of a piece that is one of many, such as a chunk of a file
_NO_LINGER = struct.pack("ii", 1, 0)  # SO_LINGER for no time: closing sends RST (RFC 9293 §3.10.7) and drops the rest


class Team(ThreadedTaskDispatcher):
    """Threads with a queue of their own.

    Args:
        threads: how many, beside those that are held.
    """

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._threads = threads
        self._held = 0
        self._count = threading.Lock()
        self.set_thread_count(threads)

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts, another thread stands in for the one that called.

        Raises:
            Unavailable: too many are held.
        """
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        with self._count:
            if self._held + by > MOST_HELD:
                message = f"{MOST_HELD} requests are being held, which is the most at a time; try again"
                raise Unavailable(message, headers=(("Retry-After", "1"),))
            self._held += by
            if self._threads:
                self.set_thread_count(self._threads + self._held)

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:
        """See waitress; nobody is replaced any more."""
        with self._count:
            self._threads = 0
        ended: bool = super().shutdown(cancel_pending, timeout)
        return ended


class Dispatcher:
    """Gives each request to its team: those of the control API never wait for the others.

    Args:
        let_go: called when the server ends, to let held requests end.

    Attributes:
        ending: the server ends, and waits for nobody any more.
    """

    def __init__(self, threads: int, let_go: Callable[[], None]) -> None:
        self._others = Team(threads)
        self._control = Team(_CONTROL_THREADS)
        self.let_go = let_go
        self.ending = False

    def team_of(self, request: Any) -> Team:
        """Who answers a request."""
        # A request that could not be parsed has no path.
        return self._control if getattr(request, "path", "").startswith(CONTROL) else self._others

    def add_task(self, task: Any) -> None:
        """Queue a channel whose first request is to be answered."""
        requests = task.requests
        # Empty once the server cancelled it, as it does in the end.
        self.team_of(requests[0] if requests else None).add_task(task)

    def shutdown(self) -> None:
        """End all threads."""
        self.ending = True
        self.let_go()
        for team in (self._control, self._others):
            team.shutdown()


class _Together:
    """Where pieces for a channel wait for each other."""

    def __init__(self, channel: Any) -> None:
        self.server = channel.server
        self.pieces: list[bytes] = []
        self.write_soon = self.pieces.append


class Task(WSGITask):
    """An exchange whose header names go out as they are written: ``X-RateLimit-Limit``, not ``X-Ratelimit-Limit``.

    HTTP does not care, but whoever greps for the name in the documentation does.
    """

    channel: Any

    def service(self) -> None:
        """Answer, or break the connection where a fault says so."""
        try:
            super().service()
        except ConnectionFault as fault:
            self.close_on_finish = True
            self.channel.break_off(fault)

    def write(self, data: bytes) -> None:
        """Write a piece of the body; the head goes with the first one, so that the reader is woken once."""
        if self.wrote_header or len(data) >= _LARGE:
            super().write(data)
            return
        channel, self.channel = self.channel, _Together(self.channel)
        try:
            super().write(data)
        finally:
            together, self.channel = self.channel, channel
        channel.write_soon(b"".join(together.pieces))

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment, with what a request that is held for long needs."""
        environ: dict[str, Any] = super().get_environment()
        environ[HELD_KEY] = self.channel.server.task_dispatcher.team_of(self.request).held
        environ[GONE_KEY] = self.channel.gone
        return environ

    def build_response_header(self) -> bytes:
        """The head of the answer."""
        written = {name.lower().encode(): name.encode() for name, _ in self.response_headers}
        status, *fields = super().build_response_header().split(b"\r\n")
        split = (field.partition(b":") for field in fields)
        return b"\r\n".join(
            [status, *(written.get(name.lower(), name) + colon + value for name, colon, value in split)]
        )


class Channel(HTTPChannel):
    """A connection that can break, whose reader may be slow, and which copies nothing that it sends.

    Attributes:
        stand_in: ends the work of the thread that stands in for the one that answers here, if there is one.
    """

    task_class = Task
    socket: Any
    server: Any
    stand_in: ExitStack
    _flush_some: Any
    _flush_exception: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        outgoing: Any = Outgoing()
        self.outbufs = [outgoing]

    def service(self) -> None:
        """Answer the first request that waits."""
        with ExitStack() as self.stand_in:
            super().service()

    def write_soon(self, data: Any) -> int:
        """Send what the socket takes and keep the rest, once there is room for it; see waitress."""
        self._wait_for_room()
        if len(data) < _LARGE:
            self.current_outbuf_count = 0  # there is never a second buffer
            return super().write_soon(data)
        with self.outbuf_lock:
            if not self.connected:
                raise ClientDisconnected
            self.outbufs[-1].append(data)
            self.total_outbufs_len += len(data)
        self._flush_here()
        return len(data)

    def _flush_outbufs_below_high_watermark(self) -> None:
        """See waitress; :meth:`write_soon` has waited already."""

    def _wait_for_room(self) -> None:
        """Send what the reader takes, until it has taken enough, or has gone.

        That is done by this thread: the one that serves all sockets would be woken for every chunk.
        """
        patience = _PATIENCE
        while not self._has_room():
            if self.server.task_dispatcher.ending:
                raise ClientDisconnected
            if _is_writable(self.socket, patience):
                self._flush_here()
            elif patience == _PATIENCE:
                patience = _SECOND
                # For as long as the answer lasts: who was slow once will be slow again.
                with suppress(Unavailable):
                    self.stand_in.enter_context(self.server.task_dispatcher.team_of(self.requests[0]).held())

    def _flush_here(self) -> None:
        with self.outbuf_lock:
            sent, failed = self._flush_exception(self._flush_some, do_close=False) if self.connected else (False, False)
        if failed or not sent:
            self.server.pull_trigger()

    def _has_room(self) -> bool:
        return not self.connected or self.total_outbufs_len <= self.adj.outbuf_high_watermark

    def gone(self) -> bool:
        """Whether the caller has gone; of use while a request of it is being answered, when nothing else reads."""
        if not self.connected:
            return True
        try:
            return _hung_up(self.socket)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def break_off(self, fault: ConnectionFault) -> None:
        """Send what was written and break the connection; the task's end closes what is left of it."""
        with suppress(OSError):  # the caller may have broken it first
            with self.outbuf_lock:
                self._flush_some(do_close=False)
            if fault.how == "reset":
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                self.will_close = True
            elif fault.how == "half-close":
                self.socket.shutdown(socket.SHUT_WR)
                fault.held()


def _is_writable(connection: Any, milliseconds: int) -> bool:
    """Whether a socket takes something, or has broken, within so long."""
    try:
        if not hasattr(select, "poll"):
            return bool(select.select((), (connection,), (), milliseconds / 1000)[1])
        poll = select.poll()
        poll.register(connection, select.POLLOUT)
        return bool(poll.poll(milliseconds))
    except ValueError:  # it was closed meanwhile
        return False


def _hung_up(connection: Any) -> bool:
    """Whether the other side closed; also where it said something before that nobody read."""
    if hasattr(select, "POLLRDHUP"):
        poll = select.poll()
        poll.register(connection, select.POLLRDHUP)
        return bool(poll.poll(0))
    return not connection.recv(1, socket.MSG_PEEK)
