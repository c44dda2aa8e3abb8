"""What a request costs within the process, and in proportion to a bare Flask route.

Callers take turns, so that none uses up its quota and what is measured is the answer and not the refusal. The bare
route is measured in turns with each: one that was measured minutes before says little on a busy machine.
"""

import json
from collections.abc import Callable
from functools import partial

import pytest

from athena_fhir_load.baselines import FLASK, bare_calls
from athena_fhir_load.callers import Calls, tokens
from athena_fhir_load.measure import ROUNDS, Figures, in_turns
from mock_athena.app import MockAthena
from mock_athena.clock import ManualClock
from mock_athena.web.edge import Edge

CALLERS = 1000
CALLS = 1000  # in a round
TURNS = 4 * ROUNDS
TWO_SECONDS = 2_000_000_000

PATIENT = "a-500001.E-1"
SEARCH = f"patient={PATIENT}&category=vital-signs&date=ge2010-01-01&_count=20"


@pytest.fixture(scope="module")
def bare() -> Calls:
    """Calls of a bare Flask route."""
    return bare_calls()


@pytest.fixture(scope="module")
def authorizations(app: MockAthena) -> list[str]:
    """Callers whose tokens were seen before, as those of a client that is at work."""
    made = tokens(app, CALLERS)
    Calls(app, f"/fhir/r4/Patient/{PATIENT}", authorizations=made).run(CALLERS)
    return made


@pytest.fixture
def free_quota(app: MockAthena) -> Callable[[], object]:
    """Lets the two seconds pass, so that every caller has its whole quota again."""
    clock = app.world.clock
    assert isinstance(clock, ManualClock)
    return partial(clock.advance, TWO_SECONDS)


def add(figures: Figures, what: str, calls: Calls, bare: Calls, between: Callable[[], object] | None = None) -> float:
    """The ratio, which is added to the figures."""
    took, other = in_turns(partial(calls.run, CALLS), partial(bare.run, CALLS), CALLS, TURNS, between)
    figures.add(f"request: {what}", took, "µs", by=FLASK, baseline=other)
    return took / other


def test_a_read(
    app: MockAthena, figures: Figures, bare: Calls, authorizations: list[str], free_quota: Callable[[], object]
) -> None:
    calls = Calls(app, f"/fhir/r4/Patient/{PATIENT}", authorizations=authorizations)
    add(figures, "Patient read", calls, bare, free_quota)
    assert calls.statuses == {"200": CALLS * TURNS}
    assert json.loads(calls.body)["id"] == PATIENT


def test_a_search(
    app: MockAthena, figures: Figures, bare: Calls, authorizations: list[str], free_quota: Callable[[], object]
) -> None:
    calls = Calls(app, "/fhir/r4/Observation", SEARCH, authorizations)
    add(figures, "search, patient+category+date, 20 hits", calls, bare, free_quota)
    assert calls.statuses == {"200": CALLS * TURNS}
    assert len(json.loads(calls.body)["entry"]) == 20


def test_a_refusal(app: MockAthena, figures: Figures, bare: Calls, authorizations: list[str]) -> None:
    calls = Calls(app, f"/fhir/r4/Patient/{PATIENT}", authorizations=authorizations[:1])
    calls.run(16)
    calls.statuses.clear()
    ratio = add(figures, "429 at the edge", calls, bare)
    assert calls.statuses == {"429": CALLS * TURNS}
    assert ratio < 1 / 4, "a sixth is the goal"


def test_the_edge(
    app: MockAthena, figures: Figures, bare: Calls, authorizations: list[str], free_quota: Callable[[], object]
) -> None:
    """An admitted request whose view does nothing: what the edge adds to any."""

    def view(_: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [])
        return [b""]

    calls = Calls(Edge(app.world, view), f"/fhir/r4/Patient/{PATIENT}", authorizations=authorizations)
    add(figures, "the edge of an admitted request", calls, bare, free_quota)
    assert calls.statuses == {"200": CALLS * TURNS}
