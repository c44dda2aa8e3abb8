"""Real emulators for whatever test asks for one; see :mod:`tests.emulator`."""

import gc
import os
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from tests.emulator import Emulator, Emulators, RegisteredClient
from tests.postgres_server import PostgresServer, running
from tests.valkey_server import ValkeyServer

StartEmulator = Callable[..., Emulator]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests wait for real time to pass."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulators]:
    """The emulators of this test process; populations are shared with the other processes of the run."""
    base = tmp_path_factory.getbasetemp()
    emulators = Emulators(tmp_path_factory.mktemp("emulators"), base.parent / "populations")
    yield emulators
    emulators.stop_all()


@pytest.fixture(scope="session")
def emulator(emulators: Emulators) -> Emulator:
    """A running emulator with nothing but the defaults. Tests share it: use :func:`client`, and reset nothing."""
    return emulators.start()


@pytest.fixture(scope="session")
def manual_emulator(emulators: Emulators) -> Emulator:
    """A running emulator whose time stands still until a test moves it. Tests share it, one after the other."""
    return emulators.start("--clock", "manual")


@pytest.fixture
def start_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """Starts an emulator of the test's own, with other options."""
    base = tmp_path_factory.getbasetemp()
    own = Emulators(tmp_path_factory.mktemp("own"), base.parent / "populations")
    yield own.start
    own.stop_all()


@pytest.fixture
def client(emulator: Emulator) -> RegisteredClient:
    """A client of the shared emulator that only this test uses."""
    return emulator.register()


@pytest.fixture
def manual_client(manual_emulator: Emulator) -> RegisteredClient:
    """A client of the emulator on a manual clock that only this test uses."""
    return manual_emulator.register()


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """The PostgreSQL of this test process. Tests share it: each has schemas of its own."""
    return running()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server that the tests of this process share: each forgets everybody first, or asks as callers of its own."""
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its emulators wrote to standard error."""
    report = yield
    if report.failed:
        used: dict[str, Any] = getattr(item, "funcargs", {})
        for emulator in (value for value in used.values() if isinstance(value, Emulator)):
            report.sections.append((f"standard error of {emulator.origin}", emulator.errors.read_text()))
    return report
