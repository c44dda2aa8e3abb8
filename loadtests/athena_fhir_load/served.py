"""The applications that servers are measured with: ``athena_fhir_load.served:bare``, ``:hello`` and ``:emulator``.

``python -m athena_fhir_load.served bare|hello PORT`` serves one with waitress, as ``mock-athena serve`` sets it.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from waitress.server import create_server

from athena_fhir_load.baselines import bare_app
from mock_athena.app import create_app
from mock_athena.serving import WAITRESS
from mock_athena.settings import Settings

bare = bare_app()


def hello(_: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
    """The least that WSGI can do."""
    body = b"hello"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def emulator() -> object:
    """An emulator without limits."""
    return create_app(Settings(limits="off"))


def main(arguments: Sequence[str]) -> None:
    """Serve until ended; the first line that is printed ends with the address."""
    name, port = arguments
    app = {"bare": bare, "hello": hello}[name]
    server: Any = create_server(app, host="127.0.0.1", port=int(port), **WAITRESS)  # one address, so one server
    sys.stdout.write(f"ready: http://127.0.0.1:{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main(sys.argv[1:])
