"""Launches from within the EHR: one client, one use, five minutes."""

import pytest

from mock_athena.auth.launch import Launches
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from tests.mock_athena.auth.conftest import LAUNCH, refused


@pytest.fixture
def launches(server: AuthorizationServer) -> Launches:
    return server.launches


def test_a_launch_is_looked_at_often_and_used_once(launches: Launches) -> None:
    id = launches.start(LAUNCH)
    assert launches.look(id, "mock-public") == launches.look(id, "mock-public") == LAUNCH
    assert launches.use(id, "mock-public") == LAUNCH
    assert "start the application again" in refused(lambda: launches.use(id, "mock-public"), "invalid_request").message


def test_a_launch_is_of_one_client(launches: Launches) -> None:
    id = launches.start(LAUNCH)
    refusal = refused(lambda: launches.look(id, "mock-client"), "invalid_request")
    assert refusal.reason == "mock-client sent a launch that was started for mock-public"
    assert "mock-public" not in refusal.message
    assert launches.use(id, "mock-public")


def test_a_launch_ends_after_five_minutes(launches: Launches, clock: ManualClock) -> None:
    id = launches.start(LAUNCH)
    clock.advance(300 * NANOSECONDS - 1)
    assert launches.look(id, "mock-public")
    clock.advance(1)
    assert "300 s old" in refused(lambda: launches.look(id, "mock-public"), "invalid_request").message
