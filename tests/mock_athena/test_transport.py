"""Teams of threads: who is held is replaced, up to a number, and given back."""

import threading
from contextlib import ExitStack
from typing import Any

import pytest

from mock_athena.errors import Unavailable
from mock_athena.transport import Dispatcher, Team


class Work:
    """Stands for a connection with a request."""

    def __init__(self, path: str, body: Any) -> None:
        self.requests = [type("Request", (), {"path": path})()]
        self._body = body

    def service(self) -> None:
        self._body()

    def cancel(self) -> None:
        """The server ends."""


def work(path: str, body: Any) -> Any:
    return Work(path, body)


def test_a_held_thread_is_replaced() -> None:
    team, release, held, done = Team(1), threading.Event(), threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with team.held():
            held.release()
            release.wait(30)

    for _ in range(5):
        team.add_task(work("/x", hold))
        assert held.acquire(timeout=30)
    team.add_task(work("/x", done.set))
    assert done.wait(30)
    release.set()
    team.shutdown()
    assert team.threads == set()


def test_there_is_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_athena.transport.MOST_HELD", 2)
    team = Team(1)
    with ExitStack() as opened:
        opened.enter_context(team.held())
        opened.enter_context(team.held())
        with pytest.raises(Unavailable, match="2 requests are being held, which is the most"), team.held():
            pass
    with team.held():
        pass
    team.shutdown()


def test_control_has_threads_of_its_own_and_the_end_lets_go() -> None:
    let_go, blocked = threading.Event(), threading.Event()
    dispatcher = Dispatcher(1, let_go.set)
    begun, answered = threading.Event(), threading.Event()

    def block() -> None:
        begun.set()
        blocked.wait(30)

    dispatcher.add_task(work("/fhir/r4/Patient", block))
    assert begun.wait(30)
    dispatcher.add_task(work("/_mock/health", answered.set))
    assert answered.wait(30)
    blocked.set()
    dispatcher.shutdown()
    assert let_go.is_set()
