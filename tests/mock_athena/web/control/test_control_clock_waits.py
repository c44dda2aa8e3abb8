"""Freezing, and waiting for the clock by request."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


def until_waiting(athena: Athena, many: int) -> None:
    for _ in range(100_000):
        if len(athena.clock.waiting) == many:
            return
    raise AssertionError(athena.clock.waiting)


def test_a_clock_that_runs_is_frozen_moved_and_resumed(make_athena: Any) -> None:
    athena = make_athena(clock="x60")
    assert athena.control("GET", "clock").get_json()["stands"] is False
    frozen = athena.control("POST", "clock", {"freeze": True}).get_json()
    assert frozen["stands"] is True
    assert athena.control("GET", "clock").get_json()["unix"] == frozen["unix"]
    moved = athena.control("POST", "clock", {"advance": 3600}).get_json()
    assert float(moved["unix"]) == pytest.approx(float(frozen["unix"]) + 3600)
    assert athena.control("POST", "clock", {"jump": "midnight"}).get_json()["instant"].endswith("T00:00:00.000Z")
    assert athena.control("POST", "clock", {"resume": True}).get_json()["stands"] is False
    assert athena.control("POST", "clock", {"advance": 1}).status_code == 409


def test_a_manual_clock_stands_already_and_cannot_be_resumed(athena: Athena) -> None:
    assert athena.control("POST", "clock", {"freeze": True}).status_code == 200
    assert athena.control("POST", "clock", {"resume": True}).status_code == 409


def test_a_long_poll_ends_when_the_instant_comes(athena: Athena) -> None:
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(athena.control, "POST", "clock/wait", {"for": 5})
        until_waiting(athena, 1)
        (waiting,) = athena.control("GET", "clock").get_json()["waiting"]
        assert waiting > athena.control("GET", "clock").get_json()["instant"]
        athena.control("POST", "clock", {"advance": 5})
        assert poll.result(30).get_json()["reached"] is True


def test_a_long_poll_has_an_end(athena: Athena) -> None:
    told = athena.control("POST", "clock/wait", {"until": "2099-01-01", "patience": 0.01}).get_json()
    assert (told["reached"], told["waiting"]) == (False, [])
    assert athena.control("POST", "clock/wait", {"until": "2020-01-01"}).get_json()["reached"] is True


def test_participants_take_turns_over_http(athena: Athena) -> None:
    declared = athena.control("POST", "clock/participants", {"names": ["a", "b"]})
    assert (declared.status_code, declared.get_json()["participants"]) == (201, ["a", "b"])
    assert declared.get_json()["awaited"] == ["a", "b"]
    assert athena.control("POST", "clock", {"advance": 1}).status_code == 409

    def wait(name: str, seconds: int) -> Any:
        return athena.control("POST", "clock/wait", {"for": seconds, "participant": name, "patience": 30}).get_json()

    begun = athena.clock.now()
    with ThreadPoolExecutor(2) as pool:
        b = pool.submit(wait, "b", 7)
        until_waiting(athena, 1)
        assert wait("a", 5)["reached"]
        assert athena.clock.now() - begun == 5_000_000_000
        assert not b.done()
        assert athena.control("GET", "clock").get_json()["awaited"] == ["a"]
        assert athena.control("DELETE", "clock/participants/a").status_code == 200
        assert b.result(30)["reached"]
    assert athena.clock.now() - begun == 7_000_000_000
    assert athena.control("DELETE", "clock/participants/a").status_code == 404


def test_a_fault_that_waits_lets_other_participants_go_on(athena: Athena) -> None:
    athena.control("POST", "faults", {"kind": "latency", "with": {"seconds": 10}, "times": 1})
    athena.control("POST", "clock/participants", {"names": ["slow", "quick"]})
    begun, seen = athena.clock.now(), []

    def slow() -> None:
        with athena.clock.participant("slow"):
            assert athena.get("/Patient").status_code == 200
            seen.append(("slow", athena.clock.now() - begun))

    def quick() -> None:
        with athena.clock.participant("quick"):
            athena.clock.sleep(3)
            seen.append(("quick", athena.clock.now() - begun))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(slow), pool.submit(quick)]:
            done.result(30)
    assert seen == [("quick", 3_000_000_000), ("slow", 10_000_000_000)]


@pytest.mark.parametrize(
    ("path", "order", "complaint"),
    [
        ("clock/wait", {}, "expected {"),
        ("clock/wait", {"for": 1, "until": "2026"}, "expected {"),
        ("clock/wait", {"for": -1}, "forward only"),
        ("clock/wait", {"for": True}, "expected {"),
        ("clock/wait", {"for": 1, "patience": 601}, "expected {"),
        ("clock/wait", {"for": 1, "patience": "long"}, "expected {"),
        ("clock/wait", {"for": 1, "participant": 5}, "expected {"),
        ("clock/participants", {"names": ["a"], "lease": 0}, "real seconds up to 600"),
        ("clock/participants", {"names": ["a"], "lease": True}, "real seconds up to 600"),
        ("clock/participants", {"names": ["a"], "for": 5}, "real seconds up to 600"),
        ("clock/wait", {"for": 1, "participant": "x"}, "no participant 'x' was declared"),
        ("clock/wait", {"for": 1, "colour": "red"}, "expected {"),
        ("clock/wait", {"until": "tomorrow"}, "not a FHIR date"),
        ("clock/participants", {}, 'expected {"names": ['),
        ("clock/participants", {"names": []}, "at least one name"),
        ("clock/participants", {"names": ["a", "a"]}, "no name twice"),
        ("clock/participants", {"names": "ab"}, 'expected {"names": ['),
    ],
)
def test_an_order_that_means_nothing_is_refused(athena: Athena, path: str, order: Any, complaint: str) -> None:
    answer = athena.control("POST", path, order)
    assert (answer.status_code, complaint in answer.get_json()["error"]) == (400, True), answer.text
    assert athena.clock.participants == ()
