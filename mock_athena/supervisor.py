"""Serves one emulator with several processes: starts them, puts another in the place of one that dies, ends them all.

All accept from the same listening sockets, and each serves as a single process would (:mod:`mock_athena.serving`). What
they share is in a folder (:mod:`mock_athena.commons`). A worker that starts says so on a pipe, which the kernel closes
when it dies; another pipe tells the workers when we have died ourselves.
"""

import json
import os
import select
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_athena.app import create_app, database, start_of
from mock_athena.clocks import clock_from
from mock_athena.commons import Commons
from mock_athena.ending import Ending
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import ConfigurationError, MockAthenaError
from mock_athena.serving import bound, greeting, not_there, origin, run, stop, tls_asked_for
from mock_athena.settings import Settings
from mock_athena.store import files

if TYPE_CHECKING:
    from mock_athena.tls.context import Tls

_PATIENCE = 10.0  # seconds until a worker that does not end is killed
_FOLDER = "mock-athena-workers"  # what is in it is removed, so nobody else may call a folder so
_ATTEMPTS = 5  # to put another in a worker's place, before we give up
_OURS = (signal.SIGTERM, signal.SIGINT)


def serve(settings: Settings) -> None:
    """Start an emulator of several workers, print how to call it, and serve until SIGINT or SIGTERM.

    Raises:
        ConfigurationError: it cannot be started as asked.
    """
    if not hasattr(os, "fork"):
        message = f"workers {settings.workers}: this system cannot fork processes; use --workers 1"
        raise ConfigurationError(message)
    signal.signal(signal.SIGTERM, stop)
    tls = tls_asked_for(settings)  # one for all, so that a session that one began goes on with another
    with ExitStack() as stack:
        sockets = _listening(settings, stack)
        commons = _commons(settings, stack)
        crew = Crew(lambda: _worker(settings, commons, sockets, tls))
        stack.callback(crew.end, settings.shutdown_grace + _PATIENCE)
        for listening in sockets:
            stack.callback(listening.close)  # before the crew ends: what nobody listens on is refused
        told = [crew.start() for _ in range(settings.workers)]  # the first makes what all share
        print(told[0], flush=True)
        crew.watch()


def _listening(settings: Settings, stack: ExitStack) -> list[socket.socket]:
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [stack.enter_context(_bound(family, address)) for family, _, _, _, address in found]
    except OSError as error:
        raise not_there(settings, error) from None


def _bound(family: int, address: Any) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening


def _commons(settings: Settings, stack: ExitStack) -> Commons:
    """Everything that workers share, before there is any."""
    if settings.state_dir:
        state_dir = Path(settings.state_dir)
        with suppress(OSError):  # whoever opens it says what is wrong
            state_dir.mkdir(mode=0o700, exist_ok=True)
        folder = state_dir / _FOLDER
        files.lock(folder, stack)
        shutil.rmtree(folder, ignore_errors=True)  # of a run that has ended
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
    else:
        state_dir = files.folder(stack)
        folder = state_dir / _FOLDER
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        message = f"state-dir: {folder} cannot be made: {error.strerror}"
        raise ConfigurationError(message) from None
    clock = clock_from(settings.clock, start_of(settings.start))
    databases = {name: database(facts, settings, clock, stack) for name, facts in ENVIRONMENTS.items()}
    return Commons(folder, state_dir, databases)


def _worker(
    settings: Settings, commons: Commons, sockets: list[socket.socket], tls: "Tls | None"
) -> tuple[str, Callable[[], None]]:
    """What a worker says when it is ready, and what it does then."""
    app = create_app(settings, commons)
    server = bound(app, settings, sockets, tls)

    ending = Ending(server, settings.shutdown_grace)
    ending.on_signals()

    def work() -> None:
        try:
            run(ending)
        finally:
            app.close()

    return greeting(origin(server, settings.host), app, settings, tls), work


class _NeverReady(ConfigurationError):
    """A worker died while it started, and did not say why."""


@dataclass(frozen=True, slots=True)
class _Worker:
    pid: int
    said: int  # the end of its pipe that we read


class Crew:
    """The workers that there are.

    Args:
        prepare: in a new process, answers what it says when it is ready and what it does then.
    """

    def __init__(self, prepare: Callable[[], tuple[str, Callable[[], None]]]) -> None:
        self._prepare = prepare
        self._workers: dict[int, _Worker] = {}
        self._until, self._our_life = os.pipe()

    def start(self) -> str:
        """Another worker; answers what it says when it is ready.

        Raises:
            ConfigurationError: it could not be.
        """
        said, says = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
        pid = os.fork()
        if not pid:
            self._be_one(says)
        os.close(says)
        self._workers[said] = _Worker(pid, said)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        with open(said, "rb", closefd=False) as pipe:
            line = pipe.readline()
        if not line:
            raise _NeverReady("a worker ended before it was ready")
        told = json.loads(line)
        if "failed" in told:
            raise ConfigurationError(told["failed"])
        return str(told["ready"])

    def watch(self) -> None:
        """Put another in the place of each that dies, for ever.

        Raises:
            ConfigurationError: another could not be, or one after the other died before it was ready.
        """
        in_vain = 0
        while True:
            for said in select.select(list(self._workers), [], [])[0]:
                worker = self._workers.pop(said)
                print(f"mock-athena: {self._ended(worker)}; another takes its place", file=sys.stderr, flush=True)
                try:
                    self.start()
                    in_vain = 0
                except _NeverReady:  # the next round finds it among the dead
                    in_vain += 1
                    if in_vain == _ATTEMPTS:
                        raise

    def end(self, patience: float = _PATIENCE) -> None:
        """End all; who has not after so many real seconds is killed."""
        for worker in self._workers.values():
            os.kill(worker.pid, signal.SIGTERM)
        while self._workers:
            ended = select.select(list(self._workers), [], [], patience)[0]
            for said in ended or list(self._workers):
                worker = self._workers.pop(said)
                if not ended:
                    os.kill(worker.pid, signal.SIGKILL)
                self._ended(worker)
        os.close(self._our_life)
        os.close(self._until)

    def _ended(self, worker: _Worker) -> str:
        os.close(worker.said)
        code = os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return f"worker {worker.pid} {how}"

    def _be_one(self, says: int) -> None:
        """Be a worker, and nothing of the process that we were forked from."""
        code = 1
        try:
            os.close(self._our_life)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells all of us; the first of us tells the others
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
            threading.Thread(target=self._follow, name="supervisor", daemon=True).start()
            code = self._worked(says)
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _worked(self, says: int) -> int:
        try:
            ready, work = self._prepare()
        except MockAthenaError as error:
            _say(says, failed=str(error))
            return 2
        except SystemExit:
            return 0
        _say(says, ready=ready)
        with suppress(SystemExit):
            work()
        return 0

    def _follow(self) -> None:
        """End when the process that started us has."""
        os.read(self._until, 1)
        os.kill(os.getpid(), signal.SIGTERM)


def _say(pipe: int, **told: str) -> None:
    os.write(pipe, json.dumps(told).encode() + b"\n")
