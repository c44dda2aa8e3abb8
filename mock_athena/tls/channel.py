"""A connection that speaks TLS: the handshake, for which nobody else waits, and what waitress takes for its socket.

OpenSSL's objects are for one thread at a time, and a connection is read by the loop and written by whoever answers: so
they take turns. Connection faults are what they are without TLS: a reset is RST and a dropped answer FIN, without the
``close_notify`` that an end on purpose has (RFC 8446 §6.1).
"""

import errno
import logging
import socket
import ssl
import threading
from contextlib import suppress
from typing import Any

from waitress.parser import HTTPRequestParser
from waitress.utilities import BadRequest

from mock_athena.errors import ConnectionFault
from mock_athena.tls.context import Tls, said
from mock_athena.transport import Channel

_HANDSHAKE = b"\x16"  # the first byte of a TLS connection: a record of that type (RFC 8446 §5.1)
_RECORD = 16_384  # bytes, the most in one
_UNFINISHED = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_ADVICE = (
    (
        ("UNKNOWN_CA", "CERTIFICATE_UNKNOWN", "BAD_CERTIFICATE"),
        "it does not trust our certificate: let it trust the authority that signed it",
    ),
    (("UNSUPPORTED_PROTOCOL", "VERSION"), "it speaks none of TLS 1.2 and 1.3"),
)


class Secured:
    """A connection under TLS, with those methods of a socket that are asked for.

    Args:
        plain: the connection, of which nothing was read; ours from now on.
    """

    def __init__(self, context: ssl.SSLContext, plain: socket.socket) -> None:
        self._wire = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self._turn = threading.Lock()
        self._received = b""
        self._silent = True  # until there is somebody who understands us
        self._abrupt = False
        self.fileno = self._wire.fileno
        self.getsockopt, self.setsockopt = self._wire.getsockopt, self._wire.setsockopt

    def handshake(self) -> None:
        """Go on with it, as far as it goes.

        Raises:
            SSLWantReadError, SSLWantWriteError: when more comes, or can be sent.
            OSError: it failed.
        """
        with self._turn:
            self._wire.do_handshake()
        self._silent = False

    def fetch(self) -> bool:
        """Whether there is something to be received, or the end; of a record that is not whole there is nothing."""
        with self._turn:
            try:
                self._received = self._wire.recv(_RECORD)
                while self._wire.pending():  # a poll would not tell of what was read already
                    self._received += self._wire.recv(_RECORD)
            except _UNFINISHED:
                return bool(self._received)
            except OSError:
                self._silent = True
        return True

    def recv(self, _most: int) -> bytes:
        """What was fetched."""
        received, self._received = self._received, b""
        return received

    def send(self, data: Any) -> int:
        """Send the first of it, at most a record, as a socket that does not block does."""
        with self._turn:
            if self._silent:
                raise BrokenPipeError(errno.EPIPE, "the connection has ended")
            try:
                return self._wire.send(data)
            except _UNFINISHED:
                raise BlockingIOError(errno.EWOULDBLOCK, "not now") from None
            except OSError:
                self._silent = True
                raise ConnectionResetError(errno.ECONNRESET, "the connection is broken") from None

    def end_abruptly(self) -> None:
        """When it is closed, the other side is not told that this is the end."""
        self._abrupt = True

    def shutdown(self, how: int) -> None:
        """End our side; theirs stays open."""
        with self._turn:
            self._say_the_end()
            socket.socket.shutdown(self._wire, how)

    def close(self) -> None:
        """End both."""
        with self._turn:
            self._say_the_end()
            self._wire.close()

    def _say_the_end(self) -> None:
        if not (self._silent or self._abrupt):
            self._silent = True
            with suppress(OSError, ValueError):  # among them that they have not said so yet, which we do not wait for
                self._wire.unwrap()


class PlainHttp(HTTPRequestParser):
    """What came is no TLS: most likely HTTP, which is told so in its own language."""

    def received(self, data: bytes) -> int:
        """See waitress."""
        self.error = BadRequest(
            "This port speaks TLS, and the request came without: ask for https:// instead of http://."
        )
        self.completed = True
        return len(data)


class SecureChannel(Channel):
    """A connection that begins with a handshake.

    Args:
        tls: how it is spoken.
        arguments: see waitress.
    """

    parser_class: type[HTTPRequestParser]

    def __init__(self, tls: Tls, *arguments: Any, **options: Any) -> None:
        self._tls = tls
        self._begun = self._settled = self._wants_to_send = False
        super().__init__(*arguments, **options)

    def writable(self) -> bool:
        """Whether there is something to send; see waitress."""
        return bool(self._wants_to_send or super().writable())

    def handle_write(self) -> None:
        """Go on with what can be sent."""
        if self._settled or self.will_close:
            super().handle_write()
        else:
            self._settle()

    def handle_read(self) -> None:
        """Go on with what came."""
        if (self._settled or self._settle()) and (not self._begun or self.socket.fetch()):
            super().handle_read()

    def break_off(self, fault: ConnectionFault) -> None:
        """See :class:`Channel`."""
        if fault.how != "half-close":
            self.socket.end_abruptly()
        super().break_off(fault)

    def _settle(self) -> bool:
        """Whether it is known what is spoken, so that requests can be read."""
        try:
            if not self._begun and not self._began():
                return self._settled
            self.socket.handshake()
        except _UNFINISHED as unfinished:
            self._wants_to_send = isinstance(unfinished, ssl.SSLWantWriteError)
            return False
        except OSError as error:
            self._tell(error)
            self.handle_close()
            return False
        self._settled, self._wants_to_send = True, False
        return True

    def _began(self) -> bool:
        """Whether this is a handshake."""
        first = self.socket.recv(1, socket.MSG_PEEK)
        if first == _HANDSHAKE:
            self.socket = Secured(self._tls.context, self.socket)
            self._begun = True
        elif first:
            self.parser_class, self._settled = PlainHttp, True
        else:
            self.handle_close()
        return self._begun

    def _tell(self, error: OSError) -> None:
        """Say why a handshake failed, once for each reason: whoever sees only their client's side may miss it."""
        reason = error.reason if isinstance(error, ssl.SSLError) else None
        if reason and reason not in self._tls.told:
            self._tls.told.add(reason)
            advice = next((advice for marks, advice in _ADVICE if any(mark in reason for mark in marks)), "")
            why = f"{said(error)}{'; ' if advice else ''}{advice}"  # type: ignore[arg-type]  # it has a reason
            logging.getLogger("mock_athena").warning("TLS handshake with %s failed: %s", self.addr[0], why)
