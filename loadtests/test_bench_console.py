"""What an open console costs the emulator: a poll of each screen, what is kept while somebody looks, and all of it.

A screen asks again a second after it was answered, so a poll that takes 10 ms of CPU time takes 1 % of a core. The aim
is that an open screen slows the emulator by no more than 5 %, at 2,000 requests a second.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest

from athena_fhir_load.callers import Calls, tokens
from athena_fhir_load.measure import Figures, cpu_microseconds
from athena_fhir_load.running import Running, running
from athena_fhir_load.steady import hammered, token_of
from mock_athena.app import MockAthena, create_app
from mock_athena.clock import ManualClock
from mock_athena.journal.shared import SharedJournal
from mock_athena.settings import Settings

MOST_OF_A_CORE = 0.05
SECOND = 1_000_000
A_SECOND_OF_REQUESTS = 2000
SCREENS = ("/", "/console/traffic", "/console/traffic?text=nothing+of+it", "/console/limits", "/console/clock")
PATIENT = "/fhir/r4/Patient/a-500001.E-1"
ROUNDS, ROUND = 8, 3.0  # seconds
POLLS = 20


@pytest.fixture
def busy(cache: Path) -> Iterator[MockAthena]:
    """An emulator that 2,000 callers kept busy: its journal is full."""
    app = create_app(Settings(clock="manual", cache_dir=str(cache)))
    _fill(app)
    yield app
    app.close()


def _fill(app: MockAthena) -> Calls:
    made = tokens(app, A_SECOND_OF_REQUESTS)
    calls = Calls(app, PATIENT, authorizations=made)
    for _ in range(7):
        _a_second(app, calls)
    assert calls.statuses == {"200": 7 * A_SECOND_OF_REQUESTS}
    return calls


def _a_second(app: MockAthena, calls: Calls) -> None:
    clock = app.world.clock
    assert isinstance(clock, ManualClock)
    clock.advance(1_000_000_000)
    calls.run(A_SECOND_OF_REQUESTS)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_poll(busy: MockAthena, figures: Figures, screen: str) -> None:
    path, _, query = screen.partition("?")
    poll = Calls(busy, path, query)
    poll.run(3)
    took = cpu_microseconds(partial(poll.run, POLLS), POLLS)
    assert set(poll.statuses) == {"200"}
    figures.add(f"console: a poll of {screen}", took / 1000, "ms", f"{took / SECOND:.2%} of a core")
    assert took / SECOND < MOST_OF_A_CORE


def test_reading_a_second_of_a_shared_journal(busy: MockAthena, figures: Figures, tmp_path: Path) -> None:
    """What a worker reads of what all of them wrote."""
    entries = busy.world.journal.latest(A_SECOND_OF_REQUESTS).entries
    written, read = SharedJournal(10_000, tmp_path), SharedJournal(10_000, tmp_path)

    def write() -> None:
        for entry in entries:
            written.append(entry)

    took = cpu_microseconds(lambda: read.latest(100), 1, between=write)
    figures.add("console: 2,000 entries of a shared journal", took / 1000, "ms", f"{took / SECOND:.2%} of a core")
    assert took / SECOND < MOST_OF_A_CORE


def test_keeping_bodies(busy: MockAthena, figures: Figures) -> None:
    """A read while somebody looks, and while nobody does; in turns."""
    calls = Calls(busy, PATIENT, authorizations=tokens(busy, A_SECOND_OF_REQUESTS))
    run = partial(_a_second, busy, calls)
    run()
    bodies, took = busy.world.bodies, {True: [0.0] * 0, False: [0.0] * 0}
    for _ in range(5):
        for looking in (False, True):
            bodies.until = 0
            if looking:
                bodies.look()
            took[looking].append(cpu_microseconds(run, A_SECOND_OF_REQUESTS, rounds=1))
    plain, kept = min(took[False]), min(took[True])
    figures.add("console: a read while bodies are kept, by one while not", kept / plain, "x", f"{kept - plain:.1f} µs")
    assert (kept - plain) * A_SECOND_OF_REQUESTS / SECOND < MOST_OF_A_CORE


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time of a process is read from /proc")
@pytest.mark.parametrize("screen", ["/console/traffic", "/console/limits"])
def test_a_server_at_full_speed(figures: Figures, cache: Path, screen: str) -> None:
    """As fast as the machine goes, in turns with the screen open and without: the server's CPU time for an answer.

    Where a busy machine lets fewer than 2,000 answers share a poll, that is taken into account.
    """
    with running(["--limits", "off", "--cache-dir", str(cache)], cache) as server:
        token = token_of(server)
        found: dict[bool, list[_Round]] = {True: [], False: []}
        _round(server, token, "")
        for number in range(ROUNDS):
            for opened in (True, False) if number % 2 else (False, True):
                found[opened].append(_round(server, token, screen if opened else ""))
    pairs = list(zip(found[True], found[False], strict=True))
    slower = median(opened.cpu / without.cpu for opened, without in pairs) - 1
    rate, other = (median(each.rate for each in found[opened]) for opened in (True, False))
    answers, polls = sum(each.answers for each in found[True]), sum(each.polls for each in found[True])
    at_aim = slower * answers / polls / A_SECOND_OF_REQUESTS
    told = f"{rate:,.0f}/s by {other:,.0f}/s on the wall; at 2,000/s {at_aim:.2%}"
    figures.add(f"console: an answer with {screen} open", 1 + slower, "x", told)
    assert at_aim < MOST_OF_A_CORE


@dataclass(frozen=True, slots=True)
class _Round:
    """Answers of one round, the server's CPU seconds for each, answers a second, and how often the screen was asked."""

    answers: int
    cpu: float
    rate: float
    polls: int


def _round(server: Running, token: str, screen: str) -> _Round:
    before = server.cpu_seconds()
    with _polling(server, screen) as polls:
        told = hammered(server, PATIENT, 16, ROUND, token)
    cpu = server.cpu_seconds() - before
    assert set(told.statuses) == {"200"}
    answers = told.statuses["200"]
    return _Round(answers, cpu / answers, told.per_second, len(polls))


@contextmanager
def _polling(server: Running, screen: str) -> Iterator[list[int]]:
    """Asks for the screen as its script does: again a second after it was answered."""
    ended, statuses, at = threading.Event(), list[int](), urlsplit(server.origin)

    def poll() -> None:
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=30)
        while not ended.wait(1.0 if statuses else 0.0):
            connection.request("GET", screen, headers={"Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()

    thread = threading.Thread(target=poll)
    if screen:
        thread.start()
    yield statuses
    ended.set()
    if screen:
        thread.join()
        assert set(statuses) == {200}
