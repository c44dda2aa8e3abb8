"""An end to answers that never come to their body.

A socket's timeout is for the next byte. A header that comes by the byte, and a hundred ``100 Continue`` a minute, would
keep a caller for ever; so all of what comes before the body has one time to come, too.
"""

import http.client
from typing import Any

from athena_fhir_client.clock import stopwatch
from athena_fhir_client.libraries import HTTPAdapter, urllib3


class _Answer(http.client.HTTPResponse):
    seconds: float

    def begin(self) -> None:
        """Read status and header, in time.

        Raises:
            TimeoutError: they did not end.
        """
        raw: Any = self.fp.raw  # what the buffer reads from
        until, read = stopwatch() + self.seconds, raw.readinto

        def readinto(buffer: Any) -> int | None:
            if stopwatch() > until:
                message = "the header timed out"
                raise TimeoutError(message)
            got: int | None = read(buffer)
            return got

        raw.readinto = readinto
        try:
            super().begin()
        finally:
            del raw.readinto


class BoundedAdapter(HTTPAdapter):
    """Connections whose answers have so many real seconds until their body begins."""

    def __init__(self, seconds: float, **options: Any) -> None:
        self._seconds = seconds
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Of requests: makes what keeps the connections."""
        super().init_poolmanager(*args, **options)
        answer = type("Answer", (_Answer,), {"seconds": self._seconds})
        pools: dict[str, type[urllib3.HTTPConnectionPool]] = {}
        for scheme, pool in self.poolmanager.pool_classes_by_scheme.items():
            connection = type("Connection", (pool.ConnectionCls,), {"response_class": answer})
            pools[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = pools
