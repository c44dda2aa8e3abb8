"""What a decision of a Valkey server costs: one round trip, in proportion to the least that a round trip can be."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import redis

from athena_fhir_load.measure import Figures, real_microseconds
from mock_athena.clock import ManualClock
from mock_athena.ratelimit import QuotaKey, policy_named
from mock_athena.ratelimit.holders import counters_named
from mock_athena.ratelimit.valkey import ValkeyCounters
from tests.valkey_server import ValkeyServer

CALLS = 500  # in a round
ONE = QuotaKey("production", "client", "one")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    started = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    started.start()
    yield started
    started.kill()


@pytest.fixture
def counters(server: ValkeyServer) -> Iterator[ValkeyCounters]:
    made = counters_named(server.url, policy_named("mission"), ManualClock(0), own_time=True, fail="closed")
    assert isinstance(made, ValkeyCounters)
    made.reset()
    yield made
    made.close()


def reads(server: Any) -> int:
    """How often the server has read something from a socket."""
    return int(server.info("stats")["total_reads_processed"])


def repeated(call: Any, *arguments: Any) -> None:
    for _ in range(CALLS):
        call(*arguments)


def test_a_decision_is_one_round_trip(server: ValkeyServer, counters: ValkeyCounters, figures: Figures) -> None:
    """Decisions, nearly all of them refusals, and pings by the same library in turn."""
    with redis.Redis.from_url(server.url) as other:
        counters.hit(ONE)  # the script is known to the server from now on
        before = reads(other)
        repeated(counters.hit, ONE)
        assert reads(other) - before == CALLS + 1, "one for each decision, and one for this question"
        ping = real_microseconds(partial(repeated, other.ping), CALLS)
        took = real_microseconds(partial(repeated, counters.hit, ONE), CALLS)
    assert not counters.hit(ONE).allowed
    figures.add("limiter: Valkey, a ping", ping, "µs")
    figures.add("limiter: Valkey, a decision", took, "µs", f"{took / ping:.2f} x a ping")
