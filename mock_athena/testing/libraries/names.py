"""Whoever opens sockets himself, such as ``httplib2``, ``tornado`` or ``asyncio``: the name is looked up first.

Nobody can be led elsewhere from there, but whoever is about to reach athenahealth for real is stopped.
"""

import socket
from typing import Any

from mock_athena.testing.libraries.changes import Change, Guide


def changes(guide: Guide) -> list[Change]:
    """What stops them."""
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        if host:
            guide("", host.decode("ascii", "replace") if isinstance(host, bytes) else host, 0)
        return original(host, *args, **options)

    return [Change(socket, "getaddrinfo", getaddrinfo)]
