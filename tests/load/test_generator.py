"""What the load generator is made of: arrivals that ask nobody, durations that add up, notes of several processes."""

from itertools import islice, pairwise
from pathlib import Path
from random import Random
from statistics import mean

import pytest
import yaml

from athena_fhir_load.arrivals import Bursts, Even, Poisson
from athena_fhir_load.figures import carried, generator_figures, grew
from athena_fhir_load.histogram import Histogram
from athena_fhir_load.journals import user_of
from athena_fhir_load.notes import Notes

RANDOM = Random(1)  # noqa: S311 - repeatable, not secret
LOADTESTS = Path(__file__).parents[2] / "loadtests"


def test_arrivals() -> None:
    even = list(islice(Even(7.0).due(RANDOM), 70))
    assert even[0] < 1 / 7
    assert even[-1] - even[0] == pytest.approx(69 / 7)
    poisson = list(islice(Poisson(5.0).due(RANDOM), 5000))
    assert poisson == sorted(poisson)
    assert mean(after - before for before, after in pairwise(poisson)) == pytest.approx(0.2, rel=0.05)
    assert list(islice(Bursts(3, 2.0).due(RANDOM), 7)) == [0, 0, 0, 2, 2, 2, 4]


def test_durations_are_counted_to_one_percent_and_add_up() -> None:
    lengths = [0.05 * number for number in range(1, 2001)]
    whole = Histogram().extend(lengths)
    first, second = Histogram().extend(lengths[:700]), Histogram().extend(lengths[700:])
    first.merge(Histogram.from_json(second.as_json()))
    assert first.counts == whole.counts
    for share in (0.01, 0.5, 0.99, 0.999, 1.0):
        assert whole.quantile(share) == pytest.approx(lengths[round(share * 2000) - 1], rel=0.011)
    points = list(whole.cumulated())
    assert points[-1][1] == 1
    assert points == sorted(points)
    assert Histogram().told() == {"n": 0, "p50": None, "p90": None, "p99": None, "p99.9": None, "max": None}
    Histogram().extend([0.0, 1e9])  # neither is too short nor too long


def noted(offered: int, answered: int, milliseconds: float, seconds: int) -> Notes:
    """Notes of a load that is so much each second."""
    notes = Notes()
    notes.processes = 1
    for second in range(seconds):
        for _ in range(offered):
            notes.offered(second)
        for _ in range(answered):
            notes.came("answered", second, milliseconds)
    return notes


def run_of(notes: Notes) -> dict[str, object]:
    return notes.as_json() | {"scenario": "a", "target": "b", "cpu_share": notes.cpu_share}


def test_notes_of_several_processes_add_up() -> None:
    one, other, both = noted(5, 4, 2.0, 3), noted(7, 7, 3.0, 4), Notes()
    one.dropped(1)
    one.came("refused", 1, 1.0)
    other.failed("GET: 500")
    other.cpu_seconds, other.seconds = 1.0, 4.0
    both.merge(one.as_json())
    both.merge(other.as_json())
    assert both.total == {"offered": 43, "answered": 40, "dropped": 1, "refused": 1, "failed": 0}
    assert both.cpu_share == 0.25
    figures = generator_figures(run_of(both))
    assert (figures["offered"], figures["dropped"], figures["failures"]) == (43, 1, {"GET: 500": 1})
    assert figures["latency_ms"]["answered"]["n"] == 40
    assert "failed" not in figures["latency_ms"]


def test_the_most_that_was_carried_is_the_last_second_that_kept_up() -> None:
    notes = Notes()
    for second in range(12):
        due = 10 * (second + 1)
        for number in range(due):
            notes.offered(second)
            if second < 7 or number < 60:
                notes.came("answered", second, 4.0 if second < 7 else 900.0)
    told = carried(run_of(notes))
    assert told is not None
    assert (told["second"], told["offered"], told["answered"]) == (6, 70, 70)
    assert grew(run_of(notes))
    assert not grew(run_of(noted(5, 5, 1.0, 12)))


def test_a_user_is_known_by_its_request_id() -> None:
    assert user_of("load:Herd-3:17") == "Herd-3"
    assert user_of("7d0c1f10000001") == ""


def test_the_compose_file_says_what_locust_and_the_emulator_understand() -> None:
    composed = yaml.safe_load((LOADTESTS / "compose.yaml").read_text(encoding="utf-8"))
    services = composed["services"]
    assert set(services) == {"emulator", "master", "worker"}
    for service in services.values():
        context = (LOADTESTS / service["build"]["context"]).resolve()
        assert (context / "pyproject.toml").exists()
        assert all(isinstance(word, str) for word in service["command"])
    files = [
        word.partition("=")[2]
        for name in ("master", "worker")
        for word in services[name]["command"]
        if "locustfile" in word
    ]
    assert all((LOADTESTS.parent / file).exists() for file in files)
    assert services["emulator"]["command"][:2] == ["mock-athena", "serve"]
