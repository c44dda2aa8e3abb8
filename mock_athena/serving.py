"""Serves one emulator over HTTP with waitress, until it is told to stop.

Why waitress, and why these numbers: ``docs/decisions/0005-wsgi-server.md``.
"""

import logging
import shlex
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from socket import gaierror
from types import FrameType
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from mock_athena.addresses import reachable
from mock_athena.app import MockAthena, create_app
from mock_athena.ending import Ending
from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings
from mock_athena.store.criteria import Selection
from mock_athena.transport import Channel, Dispatcher

if TYPE_CHECKING:
    from mock_athena.tls.context import Tls

_THREADS = 32
# A watermark that keeps what a slow reader has not taken to a little in memory; poll() because select() ends near 1,024
# sockets.
WAITRESS: dict[str, Any] = {
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
    signal.signal(signal.SIGTERM, stop)
    tls = tls_asked_for(settings)
    app = create_app(settings)
    try:
        server = bound(app, settings, tls=tls)
        ending = Ending(server, settings.shutdown_grace)
        ending.on_signals()
        print(greeting(origin(server, settings.host), app, settings, tls), flush=True)
        run(ending)
    finally:
        app.close()


def run(ending: Ending) -> None:
    """Serve until told to stop."""
    # That requests wait while every thread is busy is what a load test is after, and no reason to write a line each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    ending.run()


def tls_asked_for(settings: Settings) -> "Tls | None":
    """How TLS is to be spoken; None where it is not.

    Raises:
        ConfigurationError: a file of it cannot be used.
    """
    if not (settings.tls or settings.tls_cert):
        return None
    from mock_athena.tls.context import tls_of  # most runs never need it

    return tls_of(settings)


def bound(app: MockAthena, settings: Settings, sockets: Sequence[socket.socket] = (), tls: "Tls | None" = None) -> Any:
    """A server for the application, not running yet, that listens where the settings say, or on sockets that do.

    Args:
        tls: see :func:`tls_asked_for`.

    Raises:
        ConfigurationError: it cannot listen there.
    """
    where: dict[str, Any] = {"sockets": list(sockets)} if sockets else {"host": settings.host, "port": settings.port}
    dispatcher: Any = Dispatcher(_THREADS, app.let_go)
    try:
        server = create_server(
            app,
            **where,
            server_name=reachable(settings.host),
            url_scheme="https" if tls else "http",
            _dispatcher=dispatcher,
            **WAITRESS,
        )
        # A name with several addresses gets a server for each.
        servers: list[Any] = [server, *getattr(server, "map", {}).values()]
        for each in servers:
            each.channel_class = _channel(tls)
        return server
    except ValueError as error:  # what waitress says of a host that has no address, whatever the system said
        raise not_there(settings, error.__context__ or error) from None
    except (OSError, RuntimeError) as error:
        raise not_there(settings, error) from None


def _channel(tls: "Tls | None") -> Any:
    if tls is None:
        return Channel
    from mock_athena.tls.channel import SecureChannel

    return partial(SecureChannel, tls)


def not_there(settings: Settings, error: BaseException) -> ConfigurationError:
    """Why nobody can listen where the settings say."""
    if isinstance(error, OSError) and not isinstance(error, gaierror):
        why = f"{error.strerror or error}; choose another port with --port (0 takes any free one)"
        return ConfigurationError(f"cannot listen on {settings.host}:{settings.port}: {why}")
    if isinstance(error, RuntimeError):  # whoever keeps tests from the network, such as pytest-socket
        why = f"{error} Allow 127.0.0.1 (--allow-hosts=127.0.0.1), or use intercept_athena, which needs no socket"
        return ConfigurationError(f"cannot listen on {settings.host!r}: {why}")
    why = "no such address on this machine; choose another with --host"
    return ConfigurationError(f"cannot listen on {settings.host!r}: {why}")


def origin(server: Any, host: str) -> str:
    """Where the server is reached; of a name with several addresses, the first, since port 0 gives each its own."""
    several = getattr(server, "effective_listen", None)
    host, port = several[0] if several else (host, server.effective_port)
    return f"{server.adj.url_scheme}://{reachable(host)}:{port}"


def stop(_signal: int, _frame: FrameType | None) -> None:
    """What SIGTERM does until the server runs."""
    sys.exit(0)


def _kept(db: str) -> str:
    if "://" not in db:
        return f"kept in {db}; --data, --patients and --seed only fill a new file"
    from mock_athena.addresses import hidden  # for several machines only

    return f"in {hidden(db)}, which other nodes may share"


def greeting(listening: str, app: MockAthena, settings: Settings, tls: "Tls | None" = None) -> str:
    """What is printed when requests are answered: where, and how to begin."""
    origin = settings.external_url.rstrip("/") or listening
    behind = f"\n  listens  on {listening}" if settings.external_url else ""
    production = app.world.environments[PRODUCTION.name]
    first = production.store.snapshot().page(Selection("Patient"), 1)
    read = f"/Patient/{first[0].id}" if first else "/Patient"
    kept = f"\n  data     {_kept(settings.db)}" if settings.db else ""
    shared = f"\n  workers  {settings.workers}, who share everything" if settings.workers > 1 else ""
    authority = tls.authority if tls else None
    trust = f"\n  trust    {authority}" if authority else ""
    curl = f"curl --cacert {shlex.quote(str(authority))}" if authority else "curl"
    return f"""\
Mock Athena is ready: {production.fhir_base(origin)}

  console  {origin}/
  sandbox  {origin}{SANDBOX.fhir_path}
  client   mock-client   secret  mock-secret{behind}{kept}{shared}{trust}

Get a token and read a patient:

  TOKEN=$({curl} -s -u mock-client:mock-secret -d grant_type=client_credentials -d 'scope=system/*.read' \\
    {origin}/oauth2/v1/token | sed -E 's/.*"access_token": *"([^"]+)".*/\\1/')
  {curl} -H "Authorization: Bearer $TOKEN" {production.fhir_base(origin)}{read}
"""
