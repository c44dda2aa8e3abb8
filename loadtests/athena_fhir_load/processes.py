"""How long a process takes from its start to its first answer over HTTP."""

import subprocess
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

EMULATOR = (sys.executable, "-m", "mock_athena", "serve", "--port", "0")

# The least that Python can do: listen, say where, answer once.
_BARE = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    print(f"ready: http://127.0.0.1:{server.getsockname()[1]}/", flush=True)
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
"""
BARE = (sys.executable, "-c", _BARE)


def seconds_to_first_answer(command: Sequence[str], folder: Path, path: str = "/_mock/health") -> float:
    """From the start of the process to a 200 of ``path``; the process is ended then.

    The command prints the address where it listens at the end of its first line.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        assert process.stdout is not None
        where = urlsplit(process.stdout.readline().split()[-1])
        connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        took = time.perf_counter() - began
        answer.read()
        connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert answer.status == 200
    return took
