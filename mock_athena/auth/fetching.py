"""Getting an address that a client registered: in time, not too much of it, and nothing else than that address.

The other side is not ours. The timeout of a socket is that of one piece, so somebody who sends a byte a second could
keep us for days: here the whole of it, from the first connection on, has one time, and that is the machine's.
"""

import socket
import threading
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener

PATIENCE_S = 5.0
LARGEST = 262_144


class Fetched(NamedTuple):
    """What a URL answered."""

    body: bytes
    cache_control: str | None


def fetched(url: str) -> Fetched:
    """What a URL of ``http`` or ``https`` answers.

    Raises:
        OSError: it cannot be reached, or not in time, or answers another status than 200.
        HTTPException: what it answers is no HTTP.
        ValueError: it is of another scheme, or answers too much.
    """
    if not url.startswith(("http://", "https://")):
        message = "it is neither http nor https"
        raise ValueError(message)
    asked = Request(url, headers={"Accept": "application/json"})  # noqa: S310 - the scheme was looked at
    with _Watch() as watch:
        opener = build_opener(_Staying, _Plain(watch), _Secure(watch))
        with opener.open(asked, timeout=PATIENCE_S) as answer:
            return _read(answer)


def _read(answer: HTTPResponse) -> Fetched:
    if answer.status != 200:
        message = f"it answered {answer.status}"
        raise OSError(message)
    body = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        message = f"it is larger than {LARGEST:,} bytes"
        raise ValueError(message)
    return Fetched(body, answer.headers.get("Cache-Control"))


class _Watch:
    """Ends the connections that are made within it when the time is over, whatever they wait for."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._ended = False
        self._timer = threading.Timer(PATIENCE_S, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Watch":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for each in self._sockets:
            each.close()
        if self._ended:
            message = f"it took longer than {PATIENCE_S:g} s"
            raise TimeoutError(message)

    def add(self, connected: socket.socket) -> None:
        """A second handle on it, since TLS takes the first one away."""
        self._sockets.append(connected.dup())

    def _end(self) -> None:
        self._ended = True
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    watch: _Watch

    def connect(self) -> None:
        super().connect()
        self.watch.add(self.sock)


class _WatchedSecure(HTTPSConnection, _Watched):
    """Watched from before the handshake on: of its two parents the first connects by way of the second."""


def _connecting(kind: type[_Watched], watch: _Watch, host: str, **options: Any) -> _Watched:
    connection = kind(host, **options)
    connection.watch = watch
    return connection


class _Plain(HTTPHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_connecting, _Watched, self._watch), req)


class _Secure(HTTPSHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_connecting, _WatchedSecure, self._watch), req)


class _Staying(HTTPRedirectHandler):
    """Goes nowhere else: only this address was registered."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """No request."""
