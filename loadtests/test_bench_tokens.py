"""What it costs to know a token again, on every request: and that revocation costs what it must and no more."""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from athena_fhir_load.baselines import FLASK
from athena_fhir_load.measure import Figures, cpu_microseconds
from mock_athena.auth.grant import Grant
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import SystemClock
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings
from mock_athena.state import State, state_in

CALLS = 20_000
# Amortised: what every request may pay for it.
AT_MOST = 5.0


@pytest.fixture(params=["memory", "directory"])
def held(request: pytest.FixtureRequest) -> str:
    """Where the state is."""
    where: str = request.param
    return where


@pytest.fixture
def state(held: str, tmp_path: Path) -> Iterator[State]:
    """The state that processes share."""
    state = state_in("" if held == "memory" else str(tmp_path / "state"))
    yield state
    state.close()


@pytest.fixture
def server(state: State) -> AuthorizationServer:
    """An authorization server."""
    return AuthorizationServer(Settings(), MISSION, SystemClock(), state)


def headers(server: AuthorizationServer, count: int) -> list[str]:
    """Authorization headers of so many sign-ins."""
    grants = (
        Grant("c", ("patient/*.rs",), "a-1.E-1", f"s-{number}", user="Patient/a-1.E-1") for number in range(count)
    )
    return ["Bearer " + server.tokens.issue(grant) for grant in grants]


def identified(server: AuthorizationServer, sent: list[str], calls: int = CALLS) -> Callable[[], None]:
    """So many requests, by turns with each of the tokens."""
    tokens = cycle(sent)

    def run() -> None:
        for _ in range(calls):
            server.identify(next(tokens))

    return run


def test_a_token_that_was_seen_before_costs_next_to_nothing(
    server: AuthorizationServer, figures: Figures, held: str
) -> None:
    took = cpu_microseconds(identified(server, headers(server, 100)), CALLS)
    figures.add(f"token check, seen before ({held})", took, "µs", by=FLASK)
    assert took <= AT_MOST


def test_other_changes_of_the_state_cost_no_token_anything(
    server: AuthorizationServer, state: State, figures: Figures, held: str
) -> None:
    """One of them for each 100 requests, as where somebody signs in all the time."""
    run = identified(server, headers(server, 100), 100)

    def busy() -> None:
        for number in range(CALLS // 100):
            state.put("anything", str(number), True)
            run()

    took = cpu_microseconds(busy, CALLS)
    figures.add(f"token check, one change in 100 requests ({held})", took, "µs", "with the change")
    assert took <= AT_MOST


def test_a_revocation_costs_each_token_one_look_and_no_signature(
    server: AuthorizationServer, figures: Figures, held: str
) -> None:
    sent = headers(server, 100)
    run = identified(server, sent, 100)
    run()
    took = cpu_microseconds(run, 100, between=lambda: server.signed_out("somebody"))
    figures.add(f"token check, first after a revocation ({held})", took, "µs", by=FLASK)
    assert took < 100
