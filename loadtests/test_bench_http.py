"""What an answer over HTTP costs: answers a second, in turns with a bare application on the same server.

Both are served by waitress with the settings of ``mock-athena serve``, in processes of their own, by a closed loop over
1 and 16 connections. The machine is shared by server and loop, so ratios are what to look at.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest

from athena_fhir_load.measure import Figures
from athena_fhir_load.running import Running, running, started
from athena_fhir_load.steady import hammered, token_of

ROUNDS, ROUND = 7, 0.4  # seconds
PATIENT = "a-500001.E-1"
READ = f"/fhir/r4/Patient/{PATIENT}"
SEARCH = f"/fhir/r4/Observation?patient={PATIENT}&category=vital-signs&date=ge2010-01-01&_count=20"
BARE, HELLO = "a bare Flask route", "the server's hello"


@pytest.fixture(scope="module")
def servers(cache: Path) -> Iterator[dict[str, Running]]:
    """By name: an emulator without limits, one with them, the bare application and a hello."""
    with ExitStack() as opened:
        made = {
            "free": running(["--limits", "off", "--cache-dir", str(cache)], cache),
            "limited": running(["--cache-dir", str(cache)], cache),
            **{
                name: started([sys.executable, "-m", "athena_fhir_load.served", name, "0"], cache)
                for name in ("bare", "hello")
            },
        }
        yield {name: opened.enter_context(server) for name, server in made.items()}


def add(
    figures: Figures, what: str, connections: int, ours: tuple[Running, str, str], bare: tuple[Running, str], by: str
) -> None:
    """The median of the rounds, and of the ratios within them; ``ours`` is server, path and the status expected."""
    server, path, status = ours
    token = token_of(server)
    hammered(server, path, connections, ROUND, token)
    rates, ratios = [], []
    for _ in range(ROUNDS):
        other = hammered(*bare, connections, ROUND)
        mine = hammered(server, path, connections, ROUND, token)
        assert set(other.statuses) == {"200"}
        assert mine.statuses[status] / sum(mine.statuses.values()) > 0.9, mine
        rates.append(mine.per_second)
        ratios.append(mine.per_second / other.per_second)
    told = f"{median(ratios):.2f} of {by}, {min(ratios):.2f} to {max(ratios):.2f}"
    figures.add(f"http: {what}, connections: {connections}", median(rates), "/s", told)


@pytest.mark.parametrize("connections", [1, 16])
def test_a_read(servers: dict[str, Running], figures: Figures, connections: int) -> None:
    add(figures, "Patient read", connections, (servers["free"], READ, "200"), (servers["bare"], READ), BARE)


@pytest.mark.parametrize("connections", [1, 16])
def test_a_search(servers: dict[str, Running], figures: Figures, connections: int) -> None:
    size = hammered(servers["free"], SEARCH, 1, 0.1, token_of(servers["free"])).body_bytes
    assert size > 25_000
    ours, bare = (servers["free"], SEARCH, "200"), (servers["bare"], f"/bytes/{size}")
    add(figures, f"search, 20 hits, {size:,} bytes", connections, ours, bare, f"{BARE} of as many bytes")


@pytest.mark.parametrize("connections", [1, 16])
def test_a_refusal(servers: dict[str, Running], figures: Figures, connections: int) -> None:
    add(figures, "429", connections, (servers["limited"], READ, "429"), (servers["hello"], "/"), HELLO)
