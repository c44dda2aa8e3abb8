"""Where tokens are kept between requests, and between processes."""

import contextlib
from collections.abc import Iterator
from typing import Protocol

from athena_fhir_client.auth.token import Token


class Cache(Protocol):
    """Keeps one token."""

    def locked(self) -> contextlib.AbstractContextManager[object]:
        """Nobody else renews meanwhile."""
        ...

    def read(self) -> Token | None:
        """What is kept."""
        ...

    def write(self, token: Token) -> None:
        """Keep it."""
        ...

    def clear(self) -> None:
        """Keep nothing."""
        ...


class MemoryCache:
    """For one process."""

    def __init__(self) -> None:
        self._token: Token | None = None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """See :class:`Cache`; the threads of this process have a lock of their own."""
        yield

    def read(self) -> Token | None:
        """See :class:`Cache`."""
        return self._token

    def write(self, token: Token) -> None:
        """See :class:`Cache`."""
        self._token = token

    def clear(self) -> None:
        """See :class:`Cache`."""
        self._token = None
