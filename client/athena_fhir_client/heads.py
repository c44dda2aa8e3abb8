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

    def __init__(self, *args: Any, **options: Any) -> None:
        """From now on it has its time: what a proxy answers to CONNECT is read without :meth:`begin`.

        Reading raises TimeoutError when it is over.
        """
        super().__init__(*args, **options)
        raw: Any = self.fp.raw  # what the buffer reads from
        until, read = stopwatch() + self.seconds, raw.readinto

        def readinto(buffer: Any) -> int | None:
            if stopwatch() > until:
                message = "the header timed out"
                raise TimeoutError(message)
            got: int | None = read(buffer)
            return got

        raw.readinto = readinto

    def begin(self) -> None:
        """Read status and header; the body has another time to come."""
        raw: Any = self.fp.raw
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

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Of requests: keeps the connections to a proxy; one that speaks SOCKS sends no header."""
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self.poolmanager.pool_classes_by_scheme
        return manager
