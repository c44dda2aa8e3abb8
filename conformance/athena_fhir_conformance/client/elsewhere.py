"""Another host: it answers nobody, and remembers who came and whether they brought a token."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from athena_fhir_conformance.client.grading import Foreign


class Elsewhere:
    """What came.

    Attributes:
        origin: where it listens, such as ``http://127.0.0.1:43210``.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.came: list[Foreign] = []


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Listen as long as this lasts."""
    kept = Elsewhere("")

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            scheme = self.headers.get("Authorization", "").partition(" ")[0]
            kept.came.append(Foreign(self.command, self.path, scheme))
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_DELETE = do_HEAD = do_PUT = handle_any

        def log_message(self, format: str, *args: Any) -> None:
            """It says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
