"""An emulator behind a port, served by a thread of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mock_athena.app import create_app
from mock_athena.ending import Ending
from mock_athena.serving import bound, origin, run, tls_asked_for
from mock_athena.settings import Settings
from mock_athena.testing.athena import Athena

_PATIENCE = 10.0  # seconds until a server that does not end is left alone; its threads are daemons


@contextmanager
def serve_athena(**settings: Any) -> Iterator[Athena]:
    """An emulator of one's own, ended together with the block.

    Args:
        settings: fields of :class:`mock_athena.Settings`, such as ``patients=5``, ``profile="athena"``,
            ``clock="manual"``, ``limits="off"``, ``scenario="sandbox-502"``, ``tls=True``.

    Raises:
        ConfigurationError: the settings cannot work.
    """
    settings.setdefault("port", 0)
    asked = Settings(**settings)
    tls = tls_asked_for(asked)
    app = create_app(asked)
    try:
        server = bound(app, asked, tls=tls)
        thread = threading.Thread(target=run, args=(Ending(server, 0),), name="mock-athena", daemon=True)
        thread.start()
        try:
            yield Athena(app, origin(server, asked.host), str(tls.authority) if tls and tls.authority else "")
        finally:
            # What is held (a stalled answer, a long-poll) is let go first.
            server.task_dispatcher.shutdown()
            server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
            thread.join(_PATIENCE)
    finally:
        app.close()
