"""A connection without a socket: one thread answers it, and an answer comes as a whole."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from mock_athena.testing.memory import MemoryConnection, MemoryServer

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


def connected(answer: Callable[[], Iterable[bytes]]) -> MemoryConnection:
    def application(_environ: Any, start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "4")])
        return answer()

    return MemoryConnection(MemoryServer(application, "http", "here", 80))


def test_the_head_comes_with_the_body() -> None:
    connection = connected(lambda: [b"body"])
    connection.send(REQUEST)
    head, _, body = connection.receive(65_536, 10).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b"body"
    connection.close()


def test_what_is_late_keeps_nothing_back() -> None:
    release = threading.Event()

    def late() -> Iterable[bytes]:
        yield b"bo"
        assert release.wait(10)
        yield b"dy"

    connection = connected(late)
    connection.send(REQUEST)
    assert connection.receive(65_536, 10).endswith(b"\r\n\r\nbo")
    release.set()
    assert connection.receive(65_536, 10) == b"dy"
    connection.close()


def test_one_thread_answers_all_requests_of_a_connection_and_ends_with_it() -> None:
    answered: list[threading.Thread] = []

    def answer() -> list[bytes]:
        answered.append(threading.current_thread())
        return [b"body"]

    connection = connected(answer)
    for _ in range(3):
        connection.send(REQUEST)
        connection.receive(65_536, 10)
    assert len(set(answered)) == 1
    connection.close()
    answered[0].join(10)
    assert not answered[0].is_alive()
