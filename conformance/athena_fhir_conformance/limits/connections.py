"""One probe over HTTP: thin, since a burst must be fast. Nothing is followed; of a body only the beginning is kept."""

import http.client
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SHOWN = 2000  # characters of a body
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as it is sent.

    Attributes:
        source: the local address to send from; empty for any. fresh: over a connection of its own.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    source: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; status 0 where there was none, and then the body says why."""

    status: int
    headers: Mapping[str, str]
    body: str


class Connections:
    """A connection for each thread, kept as long as the server does."""

    def __init__(self, seconds: float, verify: bool = True) -> None:
        self._seconds, self._kept = seconds, threading.local()
        self._context = ssl.create_default_context() if verify else ssl._create_unverified_context()  # noqa: S323 - asked for

    def exchange(self, ask: Ask) -> Told:
        """Send and read; a kept connection that the server closed meanwhile is opened again."""
        kept = self._of_thread()
        parts = urlsplit(ask.url)
        place = parts.scheme, parts.netloc, ask.source
        if ask.fresh and place in kept:
            kept.pop(place).close()
        for fresh in (place not in kept, True):
            if fresh:
                kept[place] = self.open(ask)
            try:
                return self._asked(kept[place], ask, parts.path + (f"?{parts.query}" if parts.query else ""))
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
                kept.pop(place).close()
                if fresh:
                    return Told(0, {}, f"{type(error).__name__}: {error}")
            except (OSError, http.client.HTTPException) as error:
                kept.pop(place).close()
                return Told(0, {}, f"{type(error).__name__}: {error}")
        raise AssertionError

    def open(self, ask: Ask) -> http.client.HTTPConnection:
        """A connection of its own."""
        parts = urlsplit(ask.url)
        source = (ask.source, 0) if ask.source else None
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                parts.netloc, timeout=self._seconds, context=self._context, source_address=source
            )
        return http.client.HTTPConnection(parts.netloc, timeout=self._seconds, source_address=source)

    def _of_thread(self) -> dict[tuple[str, str, str], http.client.HTTPConnection]:
        kept: dict[tuple[str, str, str], http.client.HTTPConnection] | None = getattr(self._kept, "all", None)
        if kept is None:
            kept = self._kept.all = {}
        return kept

    def _asked(self, connection: http.client.HTTPConnection, ask: Ask, path: str) -> Told:
        connection.request(ask.method, path, ask.body, dict(ask.headers))
        answer = connection.getresponse()
        body = answer.read(_LARGEST)
        if not answer.isclosed():  # more than anybody needs
            connection.close()
        return Told(answer.status, headers_of(answer), body[:SHOWN].decode("utf-8", "replace"))


def headers_of(answer: http.client.HTTPResponse) -> dict[str, str]:
    """Names in lower case; fields that come twice are joined."""
    found: dict[str, str] = {}
    for name, value in answer.getheaders():
        lower = name.lower()
        found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found
