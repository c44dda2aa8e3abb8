"""One emulator in this process for all tests of the client, as new for each."""

from collections.abc import Iterator

import pytest

from mock_athena.app import create_app
from mock_athena.settings import Settings
from tests.client.in_process import Known


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    cache = str(tmp_path_factory.getbasetemp().parent / "cache")
    app = create_app(Settings(clock="manual", patients=3, auto_approve=True, cache_dir=cache))
    yield Known(app)
    app.close()


@pytest.fixture(scope="session")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """An emulator whose time runs a thousand times as fast: what a fault holds is held for moments."""
    cache = str(tmp_path_factory.getbasetemp().parent / "cache")
    app = create_app(Settings(clock="x1000", patients=3, cache_dir=cache))
    yield Known(app)
    app.close()


@pytest.fixture(scope="session")
def running_athena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    cache = str(tmp_path_factory.getbasetemp().parent / "cache")
    app = create_app(Settings(clock="manual", patients=3, profile="athena", cache_dir=cache))
    yield Known(app)
    app.close()


def _as_new(known: Known) -> Known:
    known.app.world.faults.disarm()
    known.app.world.limiter.reset()
    known.app.world.journal.reset()
    known.clock.waited = 0.0
    known.adapter.sent.clear()
    return known


@pytest.fixture
def known(running: Known) -> Known:
    """An emulator with the profile ``mission``."""
    return _as_new(running)


@pytest.fixture
def athena(running_athena: Known) -> Known:
    """An emulator with the profile ``athena``."""
    return _as_new(running_athena)
