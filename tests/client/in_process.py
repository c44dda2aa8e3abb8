"""The client and an emulator in one process: no sockets, and time moves as the client waits for it."""

import io
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from athena_fhir_client import AthenaClient
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.transport import Transport
from mock_athena.app import MockAthena
from mock_athena.errors import ConnectionFault

ORIGIN = "http://127.0.0.1:9"
BASE = f"{ORIGIN}/fhir/r4"
SANDBOX = f"{BASE}/sandbox"
PATIENT = "a-500001.E-1"


class AppClock:
    """The emulator's clock; one that stands moves on when the client waits for it."""

    def __init__(self, app: MockAthena) -> None:
        self._clock: Any = app.world.clock
        self.waited = 0.0

    def now(self) -> float:
        return float(self._clock.now() / 1e9)

    monotonic = now

    def sleep(self, seconds: float) -> None:
        self.waited += max(seconds, 0.0)
        if self._clock.stands:
            self._clock.advance(max(0, round(seconds * 1e9)))
        else:
            self._clock.sleep(max(seconds, 0.0))

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        if seconds is None:
            condition.wait(0.05)  # another thread's answer is on its way
        else:
            self.sleep(seconds + 1e-6)

    def headers(self) -> Mapping[str, str]:
        return {}


class AppAdapter(HTTPAdapter):
    """Hands requests to a WSGI application.

    Attributes:
        sent: every request, in order.
    """

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._app, self.sent = app, list[requests.PreparedRequest]()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        try:
            status, headers, body = self._called(request)
        except ConnectionFault as fault:
            raise requests.ConnectionError("the connection broke") from fault
        raw = HTTPResponse(
            io.BytesIO(body), HTTPHeaderDict(headers), int(status[:3]), reason=status[4:], preload_content=False
        )
        return self.build_response(request, raw)

    def _called(self, request: requests.PreparedRequest) -> tuple[str, list[tuple[str, str]], bytes]:
        told: list[Any] = []
        answer: Iterable[bytes] = self._app(_environ(request), lambda *start: told.append(start))
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        return told[-1][0], told[-1][1], body


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    sent = body.encode() if isinstance(body, str) else body
    fields = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": parts.scheme,
        "HTTP_HOST": parts.netloc,
        **fields,
    }


class Known:
    """Ways to make clients of one emulator in this process."""

    def __init__(self, app: MockAthena) -> None:
        self.app = app
        self.clock = AppClock(app)
        self.adapter = AppAdapter(app)

    def options(self) -> dict[str, Any]:
        """For the class :class:`AthenaClient`."""
        pacer = Pacer(self.clock)
        return {"clock": self.clock, "pacer": pacer, "transport": Transport(adapter=self.adapter)}

    def client(
        self, base: str = BASE, scope: str = "system/*.read", client: str = "mock-client", **more: Any
    ) -> AthenaClient:
        """A client of a service."""
        secret = client.replace("client", "secret") if client == "mock-client" else f"{client}-secret"
        return AthenaClient.from_client_credentials(base, client, secret, scope, **{**self.options(), **more})

    def arm(self, fault: dict[str, Any]) -> None:
        """Let something go wrong from now on; a fault as the control API takes it."""
        session = requests.Session()
        session.mount("http://", self.adapter)
        answer = session.post(f"{ORIGIN}/_mock/faults", json=fault, timeout=5)
        assert answer.ok, answer.text

    def statuses(self, path: str = "*") -> list[int]:
        """What the journal has."""
        return [entry.status for entry in self.app.world.journal.entries() if path == "*" or path in entry.path]
