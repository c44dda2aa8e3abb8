"""A server of files that misbehaves as a test says, at one request after the other, and remembers what it was asked."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from athena_fhir_client import AthenaClient
from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.pace.strategies import Strategy


@dataclass
class Scripted:
    """What is served, and how.

    Attributes:
        content: of every file. etag: empty for none. ranges, compresses: whether it can.
        cuts: after so many bytes of each answer's body the connection ends; None for the whole.
        asked: (path, header fields) of each request.
    """

    content: bytes
    etag: str = '"one"'
    ranges: bool = True
    compresses: bool = False
    cuts: list[int | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[["Scripted"], object] = lambda _: None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    origin: str = ""
    redirect_to: str = ""

    def answer(self, path: str, sent: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((path, sent))
        self.before(self)
        if self.redirect_to and path != "/elsewhere":
            return 307, {"Location": self.redirect_to}, b""
        body, headers = self.content, dict(self.headers)
        if self.etag:
            headers["ETag"] = self.etag
        if self.compresses and "gzip" in sent.get("accept-encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        start = sent.get("range", "")
        if self.ranges and start and sent.get("if-range") == self.etag:
            first = int(start.removeprefix("bytes=").partition("-")[0])
            if first >= len(body):
                return 416, {**headers, "Content-Range": f"bytes */{len(body)}"}, b""
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
            return 206, headers, body[first:]
        return 200, headers, body


@contextmanager
def serving(scripted: Scripted) -> Iterator[AthenaClient]:
    """A client of the server, with a token of its own, in no hurry and in no pace."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            status, headers, body = scripted.answer(self.path, sent)
            cut = scripted.cuts.pop(0) if scripted.cuts and status in (200, 206) else None
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[:cut])
            if cut is not None:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    scripted.origin = f"http://127.0.0.1:{server.server_port}"
    clock = Hurried()
    try:
        with AthenaClient(
            f"{scripted.origin}/fhir",
            Token(),
            clock=clock,
            pacer=Pacer(clock, Strategy.BACKOFF),
            backoff=Backoff(attempts=1),
        ) as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Hurried:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0
        self.waited: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.time += max(seconds, 0)

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        condition.wait(0.01)
        self.time += seconds or 0

    def headers(self) -> dict[str, str]:
        return {}


class Token(requests.auth.AuthBase):
    """A token that is always the same."""

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        request.headers["Authorization"] = "Bearer secret"
        return request
