"""Where tokens are kept between requests, and between processes.

A file that its owner alone may read, written beside and then moved, so that nobody ever reads half a token. Whoever
renews holds its lock: several processes use one token, and a refresh token that is good once is used once.
"""

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Protocol

from athena_fhir_client.auth.token import Token
from athena_fhir_client.debug import AUTH
from athena_fhir_client.errors import AuthError
from athena_fhir_client.libraries import filelock

_PATIENCE = 90  # seconds that another process may take to renew


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


class FileCache:
    """For all processes of one user.

    Args:
        path: of the file; its folder is made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = filelock.FileLock(f"{path}.lock", timeout=_PATIENCE, mode=0o600)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """See :class:`Cache`; the lock of a process that died is free."""
        try:
            with self._lock:
                yield
        except filelock.Timeout as error:
            raise AuthError(
                f"another process has been renewing the token for {_PATIENCE} s ({error.lock_file})"
            ) from error

    def read(self) -> Token | None:
        """See :class:`Cache`. What cannot be read, or others could have written, is as good as nothing."""
        try:
            with self._path.open(encoding="utf-8") as file:
                if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                    AUTH("%s may be read by others: not used", self._path.name)
                    return None
                kept = json.load(file)
            return Token(**{name: kept[name] for name in _FIELDS})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            AUTH("%s cannot be read: not used", self._path.name)
            return None

    def write(self, token: Token) -> None:
        """See :class:`Cache`."""
        beside = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(token), file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def clear(self) -> None:
        """See :class:`Cache`."""
        self._path.unlink(missing_ok=True)


_FIELDS = tuple(each.name for each in fields(Token))


def name_of(*parts: str) -> str:
    """A file name for what belongs to an endpoint, a client and whatever else tells them apart."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
