"""Serves one emulator over HTTP with waitress, until it is told to stop.

Why waitress, and why these numbers: ``docs/decisions/0005-wsgi-server.md``.
"""

import logging
import signal
import sys
from types import FrameType
from typing import Any

from waitress.server import create_server

from mock_athena.app import MockAthena, create_app
from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings
from mock_athena.store.criteria import Selection
from mock_athena.transport import Channel, Dispatcher

_THREADS = 32
# A watermark that keeps what a slow reader has not taken to a little in memory; poll() because select() ends near 1,024
# sockets.
_WAITRESS: dict[str, Any] = {
    "threads": _THREADS,
    "connection_limit": 1000,
    "asyncore_use_poll": True,
    "outbuf_high_watermark": 2 * 1024 * 1024,
    "ident": "mock-athena",
    # Which X-Forwarded-* are believed is decided by web/origin.py.
    "clear_untrusted_proxy_headers": False,
}


def serve(settings: Settings) -> None:
    """Start an emulator, print how to call it, and serve until SIGINT or SIGTERM.

    Raises:
        ConfigurationError: it cannot be started as asked; a port that is in use, for instance.
    """
    signal.signal(signal.SIGTERM, _stop)
    # That requests wait while every thread is busy is what a load test is after, and no reason to write a line each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(settings)
    try:
        server = _bound(app, settings)
        print(_greeting(_origin(server, settings.host), app, settings), flush=True)
        server.run()
    finally:
        app.close()


def _bound(app: MockAthena, settings: Settings) -> Any:
    dispatcher: Any = Dispatcher(_THREADS, app.let_go)
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
            server_name=_reachable(settings.host),
            _dispatcher=dispatcher,
            **_WAITRESS,
        )
        # A name with several addresses gets a server for each.
        servers: list[Any] = [server, *getattr(server, "map", {}).values()]
        for each in servers:
            each.channel_class = Channel
        return server
    except ValueError:  # what waitress says of a host that has no address
        message = f"cannot listen on {settings.host!r}: no such address on this machine; choose another with --host"
        raise ConfigurationError(message) from None
    except OSError as error:
        message = (
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}; "
            "choose another port with --port (0 takes any free one)"
        )
        raise ConfigurationError(message) from None


def _origin(server: Any, host: str) -> str:
    """Where the server is reached; of a name with several addresses, the first, since port 0 gives each its own."""
    several = getattr(server, "effective_listen", None)
    host, port = several[0] if several else (host, server.effective_port)
    return f"http://{_reachable(host)}:{port}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _reachable(host: str) -> str:
    """A name under which a caller on this machine reaches what listens on ``host``."""
    if host in ("0.0.0.0", "", "::"):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _greeting(listening: str, app: MockAthena, settings: Settings) -> str:
    origin = settings.external_url.rstrip("/") or listening
    behind = f"\n  listens  on {listening}" if settings.external_url else ""
    production = app.world.environments[PRODUCTION.name]
    first = production.store.snapshot().page(Selection("Patient"), 1)
    read = f"/Patient/{first[0].id}" if first else "/Patient"
    kept = (
        f"\n  data     kept in {settings.db}; --data, --patients and --seed only fill a new file" if settings.db else ""
    )
    return f"""\
Mock Athena is ready: {production.fhir_base(origin)}

  sandbox  {origin}{SANDBOX.fhir_path}
  client   mock-client   secret  mock-secret{behind}{kept}

Get a token and read a patient:

  TOKEN=$(curl -s -u mock-client:mock-secret -d grant_type=client_credentials -d 'scope=system/*.read' \\
    {origin}/oauth2/v1/token | sed -E 's/.*"access_token": *"([^"]+)".*/\\1/')
  curl -H "Authorization: Bearer $TOKEN" {production.fhir_base(origin)}{read}
"""
