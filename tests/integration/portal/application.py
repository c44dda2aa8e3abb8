"""An application as it is on the web: it can be launched, sends the browser off to authorize, and is come back to."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.emulator import Emulator

VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
SCOPE = (
    "launch launch/patient launch/encounter openid fhirUser offline_access patient/Patient.rs patient/Observation.rs "
    "patient/Condition.rs patient/MedicationRequest.rs patient/Appointment.cud"
)
STANDALONE = "launch/patient patient/Patient.rs patient/Observation.rs patient/Appointment.cud offline_access"


@dataclass
class Application:
    """One application.

    Attributes:
        came: what the browser brought back, in order.
    """

    emulator: Emulator
    origin: str
    id: str = ""
    came: list[dict[str, str]] = field(default_factory=list)

    @property
    def callback(self) -> str:
        return self.origin + "/callback"

    def register(self, id: str, name: str) -> None:
        """Make it known to the emulator."""
        self.id = id
        metadata = {
            "client_id": id,
            "client_name": name,
            "redirect_uris": [self.callback],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": SCOPE,
            "token_endpoint_auth_method": "none",
            "initiate_login_uri": self.origin + "/launch",
        }
        self.emulator.control("POST", "clients", metadata)

    def authorize_url(self, scope: str = STANDALONE, **more: str) -> str:
        """Where it sends a browser off to."""
        asked = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.callback,
            "scope": scope,
            "state": "a state of its own",
            "aud": self.emulator.base,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"{self.emulator.origin}/oauth2/v1/authorize?{urlencode(asked | more)}"

    def tokens(self) -> dict[str, Any]:
        """What it gets for the code that came last."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.id,
            "code": self.came[-1]["code"],
            "redirect_uri": self.callback,
            "code_verifier": VERIFIER,
        }
        told = requests.post(self.emulator.token_url, form, timeout=30)
        assert told.status_code == 200, told.text
        body: dict[str, Any] = told.json()
        return body


@contextmanager
def running(emulator: Emulator) -> Iterator[Application]:
    """The application, listening on a port of its own: another origin than the portal's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    app = Application(emulator, f"http://127.0.0.1:{server.server_port}")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            told = {name: values[0] for name, values in parse_qs(asked.query).items()}
            if asked.path == "/launch":
                self.send_response(302)
                self.send_header("Location", app.authorize_url(SCOPE, launch=told["launch"], aud=told["iss"]))
            else:
                if asked.path == "/callback":
                    app.came.append(told)
                self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>back</title>Back at the application")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests say what they saw."""

    server.RequestHandlerClass = Answers
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
