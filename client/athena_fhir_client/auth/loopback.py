"""Waits on this machine for the browser to come back from a sign-in (RFC 8252 §7.3)."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from athena_fhir_client.clock import stopwatch
from athena_fhir_client.configuration import is_http_url
from athena_fhir_client.errors import AuthError, ConfigurationError

REDIRECT_URI = "http://127.0.0.1:8765/callback"
_HOSTS = ("127.0.0.1", "localhost", "::1")
_PAGE = """<!doctype html><meta charset="utf-8"><title>Signed in</title>
<p style="font: 1.2em sans-serif; margin: 4em">You may close this window and go back to the terminal.</p>"""


def wait_for_callback(redirect_uri: str, opened: Callable[[], object], seconds: float = 300.0) -> dict[str, str]:
    """The parameters that the browser brings to a redirect URI on this machine.

    Args:
        opened: is called when somebody listens there, to send the browser off.
        seconds: real ones, until it is given up.

    Raises:
        ConfigurationError: it is not on this machine, or its port is taken.
        AuthError: nobody came.
    """
    place = urlsplit(redirect_uri) if is_http_url(redirect_uri) else urlsplit("")
    if place.scheme != "http" or place.hostname not in _HOSTS or not place.port:
        raise ConfigurationError(f"redirect URI {redirect_uri}: expected one on this machine, such as {REDIRECT_URI}")
    brought: dict[str, str] = {}
    try:
        server = HTTPServer((place.hostname, place.port), _handler(place.path or "/", brought))
    except OSError as error:
        raise ConfigurationError(f"redirect URI {redirect_uri}: nobody can listen there: {error.strerror}") from error
    with server:
        opened()
        until = stopwatch() + seconds
        while not brought:
            server.timeout = until - stopwatch()
            if server.timeout <= 0:
                raise AuthError(f"nobody came back from the sign-in within {seconds:g} s", error="login_required")
            server.handle_request()
    return brought


def _handler(path: str, brought: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    class Callback(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            here = asked.path == path
            if here:
                brought.update(parse_qsl(asked.query, keep_blank_values=True))
            self.send_response(200 if here else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(_PAGE.encode() if here else b"")

        def log_message(self, format: str, *args: object) -> None:
            """The code in it is nobody's business."""

    return Callback
