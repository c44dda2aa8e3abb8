"""``python -m athena_fhir_load.hammer HOST PORT PATH CONNECTIONS SECONDS [TOKEN]``: keep so many connections busy.

A closed loop: each connection sends its next GET when the answer to its last has come. One process and one thread,
whose CPU time is told apart from the server's; prints a line of JSON with rates, percentiles and statuses.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_MOST_SECONDS = 60.0


@dataclass
class _Connection:
    socket: socket.socket
    sent: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    size: int = 0  # of the last body

    def answered(self) -> int:
        """The status of the answer if all of it is there, else 0."""
        head = self.got.find(b"\r\n\r\n")
        if head < 0:
            return 0
        length = self.got.lower().find(b"content-length:", 0, head)
        if length < 0:
            message = f"an answer without Content-Length: {bytes(self.got[:200])!r}"
            raise ValueError(message)
        self.size = int(self.got[length + 15 : self.got.find(b"\r\n", length)])
        return int(self.got[9:12]) if len(self.got) >= head + 4 + self.size else 0


def hammered(host: str, port: int, path: str, connections: int, seconds: float, token: str = "") -> dict[str, object]:
    """What came of it: answers a second, milliseconds (p50, p99), statuses, a body's length, own CPU seconds."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: application/fhir+json\r\n"
    request += f"Authorization: Bearer {token}\r\n\r\n" if token else "\r\n"
    selector = selectors.DefaultSelector()
    made = [_connected(host, port) for _ in range(connections)]
    for connection in made:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    began, cpu = time.perf_counter(), time.process_time()
    statuses, took = _run(selector, made, request.encode(), began + min(seconds, _MOST_SECONDS))
    passed, cpu = time.perf_counter() - began, time.process_time() - cpu
    for connection in made:
        connection.socket.close()
    took.sort()
    return {
        "perSecond": len(took) / passed,
        "p50": 1000 * took[len(took) // 2] if took else None,
        "p99": 1000 * took[int(len(took) * 0.99)] if took else None,
        "statuses": dict(statuses),
        "bodyBytes": made[0].size,
        "cpu": cpu,
    }


def _connected(host: str, port: int) -> _Connection:
    connection = socket.create_connection((host, port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Connection(connection)


def _run(
    selector: selectors.BaseSelector, made: Sequence[_Connection], request: bytes, until: float
) -> tuple[Counter[int], list[float]]:
    statuses: Counter[int] = Counter()
    took: list[float] = []
    for connection in made:
        connection.sent = time.perf_counter()
        connection.socket.sendall(request)
    while (now := time.perf_counter()) < until:
        for key, _ in selector.select(min(0.5, until - now)):
            connection = key.data
            received = connection.socket.recv(65536)
            if not received:
                message = f"the server closed a connection after {sum(statuses.values())} answers"
                raise ConnectionError(message)
            connection.got += received
            status = connection.answered()
            if status:
                now = time.perf_counter()
                statuses[status] += 1
                took.append(now - connection.sent)
                connection.got.clear()
                connection.sent = now
                connection.socket.sendall(request)
    return statuses, took


if __name__ == "__main__":
    _host, _port, _path, _connections, _seconds, *_token = sys.argv[1:]
    json.dump(hammered(_host, int(_port), _path, int(_connections), float(_seconds), *_token), sys.stdout)
