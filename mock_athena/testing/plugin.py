"""The pytest plugin: an emulator for every test that asks for one.

Loaded with every test run of whoever has Mock Athena installed, so it imports nothing but pytest until a fixture is
asked for. https://docs.pytest.org/en/stable/how-to/writing_plugins.html
"""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_athena.clock import MovableClock
    from mock_athena.testing.athena import Athena, ClientCredentials
    from mock_athena.testing.running import Running

_MARK = "athena"
_SHOWN = 20


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        "athena(*, strict=True, allow=(), **settings): the emulator that this test gets. settings are fields of "
        "mock_athena.Settings, such as profile='athena', patients=5, limits='off', clock='manual', "
        "scenario='sandbox-502'; strict=False lets errors of the emulator and requests without a route pass; "
        "allow names real hosts that may be called",
    )


@pytest.fixture(scope="session")
def _athena_running() -> Iterator["Running"]:
    """The servers of this test process, by their settings."""
    from mock_athena.testing.running import Running

    with Running() as running:
        yield running


@pytest.fixture
def athena(request: pytest.FixtureRequest, _athena_running: "Running") -> Iterator["Athena"]:
    """A running emulator as it is at its start: data, clock, clients, limits, journal, faults.

    Tests of one process that want the same settings share the server, one after the other. The real hosts of
    athenahealth are refused meanwhile. In the end, errors of the emulator itself and requests that no route answers
    fail the test, unless it is marked ``athena(strict=False)``.
    """
    from mock_athena.testing.intercept import real_hosts_refused
    from mock_athena.testing.strict import as_failure

    settings = _asked(request)
    strict, allow = settings.pop("strict", True), settings.pop("allow", ())
    found = _athena_running.as_at_the_start(settings)
    with real_hosts_refused(allow):
        yield found
    complaints = found.complaints() if strict else []
    if complaints:
        pytest.fail(as_failure(complaints), pytrace=False)


@pytest.fixture
def athena_factory() -> Iterator[Callable[..., "Athena"]]:
    """Starts an emulator of the test's own: ``athena_factory(patients=3)``; ended with the test."""
    from mock_athena.testing.server import serve_athena

    with ExitStack() as running:
        yield lambda **settings: running.enter_context(serve_athena(**settings))


@pytest.fixture
def athena_clock(athena: "Athena") -> "MovableClock":
    """The clock of ``athena``, which stands until the test moves it."""
    return athena.clock


@pytest.fixture
def athena_client_credentials(athena: "Athena") -> "ClientCredentials":
    """A client of ``athena`` for this test: ``client_id`` and ``client_secret``."""
    return athena.client_credentials()


@pytest.hookimpl(hookwrapper=True)  # the newer form would stop every test run that has a pluggy before 1.2
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """A test that failed shows what the emulator was asked."""
    report = (yield).get_result()
    if report.failed and "mock_athena.testing.athena" in sys.modules:
        from mock_athena.testing.athena import Athena
        from mock_athena.testing.strict import told

        for athena in (used for used in getattr(item, "funcargs", {}).values() if isinstance(used, Athena)):
            entries = athena.journal.entries()[-_SHOWN:]
            report.sections.append((f"the last requests to {athena.origin}", "\n".join(map(told, entries)) or "none"))


def _asked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings of the marks on the test; the nearest wins, and positional arguments are a mistake."""
    asked: dict[str, Any] = {"clock": "manual"} if "athena_clock" in request.fixturenames else {}
    for mark in reversed(list(request.node.iter_markers(_MARK))):
        if mark.args:
            pytest.fail(f"@pytest.mark.athena takes names, such as patients=5, not {mark.args!r}", pytrace=False)
        asked |= mark.kwargs
    return asked
