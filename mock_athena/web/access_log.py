"""One line for each request, as servers write them: ``--access-log``.

A line is written when the answer has ended, so that it knows its size and how long it took; what was decided comes from
the journal's entry, which is without secrets already. Whatever a caller sends is written as printable ASCII, so that no
request makes two lines; and a line is written at once, so that those of several workers do not mix.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from mock_athena.clock import NANOSECONDS, Clock, stopwatch
from mock_athena.errors import ConfigurationError
from mock_athena.journal import Entry, Journal, without_secrets

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

_STDOUT = 1
_LONGEST = 1000  # characters of what a caller sent: a line stays below what a pipe takes whole (PIPE_BUF, 4,096 bytes)
_LEFT_AS_IT_IS = "/:@!$&'()*+,;=-._~"
_THOUSAND, _MILLION = 1000, 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of a request that has ended.

    Attributes:
        at: when it was decided on, in nanoseconds since 1970 UTC by our clock.
        status: 0 where a fault broke the connection before there was one. size: bytes of the body that were sent.
        nanoseconds: until the last of them was.
        entry: the journal's; None where it keeps none, as of requests to the control API.
    """

    at: int
    remote: str
    method: str
    target: str
    protocol: str
    status: int
    size: int
    nanoseconds: int
    referer: str
    agent: str
    entry: Entry | None

    @property
    def client(self) -> str:
        """Who it was from, as far as anybody said."""
        return (self.entry.client_id if self.entry else None) or ""


def common(line: Line) -> str:
    """The Common Log Format of NCSA and Apache: https://httpd.apache.org/docs/2.4/logs.html#common."""
    at = datetime.fromtimestamp(line.at // NANOSECONDS, UTC)
    user = _quoted(line.client).replace(" ", "%20") or "-"
    asked = f"{_quoted(line.method)} {_quoted(line.target)} {_quoted(line.protocol)}"
    return f'{line.remote} - {user} [{at:%d/%b/%Y:%H:%M:%S +0000}] "{asked}" {line.status:03d} {line.size or "-"}'


def combined(line: Line) -> str:
    """The same, and where it came from: https://httpd.apache.org/docs/2.4/logs.html#combined."""
    return f'{common(line)} "{_quoted(line.referer) or "-"}" "{_quoted(line.agent) or "-"}"'


def as_json(line: Line) -> str:
    """An object, with what the journal's entry says of it."""
    entry = line.entry
    told: dict[str, Any] = {
        "time": f"{datetime.fromtimestamp(line.at // NANOSECONDS, UTC):%Y-%m-%dT%H:%M:%S}.{line.at % NANOSECONDS:09d}Z",
        "remote": line.remote,
        "client_id": line.client or None,
        "method": line.method,
        "target": line.target,
        "protocol": line.protocol,
        "status": line.status,
        "bytes": line.size,
        "seconds": line.nanoseconds / NANOSECONDS,
        "referer": line.referer,
        "user_agent": line.agent,
    }
    if entry:
        told |= {"request_id": entry.request_id, "seq": entry.seq, "route": entry.route, "verdict": entry.verdict}
        told |= {"environment": entry.environment, "reason": entry.reason[:_LONGEST], "faults": list(entry.faults)}
    return json.dumps(told)


def dev(line: Line) -> str:
    """For people: what happened, and why."""
    at = f"{datetime.fromtimestamp(line.at // NANOSECONDS, UTC):%H:%M:%S}.{line.at // _MILLION % _THOUSAND:03d}"
    took, entry = f"{line.nanoseconds / _MILLION:.1f} ms", line.entry
    told = f"{at} {line.status:03d} {took:>9} {_size(line.size):>9}  {_quoted(line.method)} {_quoted(line.target)}"
    if entry is None:
        return told
    struck = f", fault {' and '.join(entry.faults)}" if entry.faults else ""
    why = f": {_quoted(entry.reason)}" if entry.reason else ""
    return f"{told}  {_quoted(line.client) or 'nobody'} {entry.verdict}{struck}{why}"


FORMATS: dict[str, Callable[[Line], str]] = {"common": common, "combined": combined, "json": as_json, "dev": dev}


class AccessLog:
    """An application that writes a line for each request of another.

    Args:
        app: the other. journal: which remembers its requests. clock: ours, for those that it does not remember.
        name: of a format. file: which lines are appended to; standard output where it is empty.

    Raises:
        ConfigurationError: the file cannot be written.
    """

    def __init__(self, app: WsgiApp, journal: Journal, clock: Clock, name: str, file: str) -> None:
        self._app, self._clock, self._render = app, clock, FORMATS[name]
        self._own = bool(file)
        try:
            self._out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640) if file else _STDOUT
        except OSError as error:
            message = f"access-log-file: {file} cannot be written: {error.strerror}"
            raise ConfigurationError(message) from None
        self._answering = threading.local()
        journal.heard = self._hear

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and log it."""
        self._answering.entry = None
        exchange = _Logged(self, environ, start_response)
        try:
            answer = self._app(environ, exchange.start)
        except BaseException:
            exchange.ended()
            raise
        if type(answer) is not list:
            return exchange.watched(answer)
        exchange.size = sum(map(len, answer))  # a list stays one: servers tell its length
        exchange.ended()
        return answer

    def close(self) -> None:
        """Let go of the file."""
        if self._own:
            os.close(self._out)

    def write(self, exchange: "_Logged") -> None:
        """Write the line of a request that has ended."""
        line = self._render(exchange.line(getattr(self._answering, "entry", None), self._clock))
        with suppress(OSError):  # nobody reads it any more, which is no fault of this request
            os.write(self._out, f"{line}\n".encode())

    def _hear(self, entry: Entry) -> None:
        # A request is answered by one thread, and remembered while it is.
        self._answering.entry = entry


class _Logged:
    """One request that is being answered."""

    def __init__(self, log: AccessLog, environ: Environ, start_response: StartResponse) -> None:
        self._log, self._environ, self._start_response = log, environ, start_response
        # What the application makes of the path is its own.
        self._path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        self._began, self._status, self.size = stopwatch(), 0, 0

    def start(self, status: str, *rest: Any) -> Any:
        """``start_response``."""
        self._status = int(status[:3])
        return self._start_response(status, *rest)

    def watched(self, answer: Iterable[bytes]) -> "_Watched":
        """The answer, counted."""
        return _Watched(answer, self)

    def ended(self) -> None:
        """It is logged."""
        self._log.write(self)

    def line(self, entry: Entry | None, clock: Clock) -> Line:
        """What is known of it."""
        environ = self._environ
        path = quote(self._path.encode("latin-1", "replace"), safe=_LEFT_AS_IT_IS)
        # Of what the journal does not keep, nobody said which values are secret.
        query = entry.query if entry else without_secrets(environ.get("QUERY_STRING", ""), "oauth")
        page, mark, asked = environ.get("HTTP_REFERER", "").partition("?")
        return Line(
            entry.instant if entry else clock.now(),
            entry.remote if entry else environ.get("REMOTE_ADDR", "-"),
            environ["REQUEST_METHOD"],
            f"{path}{'?' if query else ''}{query}"[:_LONGEST],
            environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            entry.status if entry else self._status,
            self.size,
            stopwatch() - self._began,
            f"{page}{mark}{without_secrets(asked, 'oauth')}"[:_LONGEST],
            environ.get("HTTP_USER_AGENT", "")[:_LONGEST],
            entry,
        )


class _Watched:
    """An answer whose end is noticed: every WSGI server closes it then (PEP 3333)."""

    def __init__(self, answer: Iterable[bytes], logged: _Logged) -> None:
        self._answer, self._logged = answer, logged

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._answer:
            self._logged.size += len(piece)
            yield piece

    def close(self) -> None:
        """Close what was watched, and log it."""
        close = getattr(self._answer, "close", None)
        try:
            if close:
                close()
        finally:
            self._logged.ended()


def _quoted(text: str) -> str:
    """Printable ASCII without quotes, for a field between quotes: as Apache writes ``\\"`` and ``\\x0a``."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text[:_LONGEST]
    return "".join(_escaped(character) for character in text[: _LONGEST // 4])


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isascii() and character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="replace"))


def _size(size: int) -> str:
    if size < _THOUSAND:
        return f"{size} B"
    return f"{size / _THOUSAND:.1f} kB" if size < _MILLION else f"{size / _MILLION:.1f} MB"
