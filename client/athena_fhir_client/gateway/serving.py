"""Starts a gateway, and ends it in order."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from waitress.server import create_server

from athena_fhir_client.configuration import Configuration
from athena_fhir_client.gateway.app import create_gateway
from athena_fhir_client.gateway.settings import GatewaySettings
from athena_fhir_client.service.demo import start_demo
from athena_fhir_client.service.service import AthenaHealthEnhancedService

_THREADS = 16


def serve(
    settings: GatewaySettings, folder: Path, configuration: Configuration, *, demo: bool, ready: Callable[[str], object]
) -> None:
    """Answer until the process is told to end.

    Args:
        folder: where connections and jobs are kept. demo: have ``conn_123`` and ``job_123``.
        ready: is given the URL once requests are answered.

    Raises:
        OSError: the port is taken. StoreError: the folder cannot be used.
    """
    with AthenaHealthEnhancedService(folder, configuration) as service:
        app = create_gateway(service, settings)
        server = create_server(app, host=settings.host, port=settings.port, threads=_THREADS, ident="athena-fhir")
        signal.signal(signal.SIGTERM, _end)
        if demo:
            start_demo(service)
        service.poller.start()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        ready(f"http://{host}:{_port(server)}")
        try:
            server.run()  # until it is interrupted; answers that are under way are finished
        finally:
            server.close()


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def _port(server: Any) -> int:
    """The port, also of a name with several addresses."""
    listening = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    return int(listening[0][1])
