"""Faults by request: arm, list, disarm, and see what there is."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena


def test_a_rule_is_armed_listed_and_disarmed(athena: Athena) -> None:
    assert athena.control("GET", "faults").get_json() == {"armed": []}
    told = athena.control("POST", "faults", {"kind": "latency", "with": {"seconds": 2}, "match": {"method": "GET"}})
    assert told.status_code == 201
    (armed,) = told.get_json()["armed"]
    assert armed["id"] == 1
    assert (armed["kind"], armed["at"], armed["match"]) == ("latency", "arrival", {"method": "GET"})
    assert armed["with"] == {"seconds": 2.0, "distribution": "fixed", "spread": 0.0}
    assert (armed["matched"], armed["struck"], armed["spent"]) == (0, 0, False)
    assert athena.control("GET", "faults").get_json()["armed"] == [armed]
    assert athena.control("DELETE", "faults/1").get_json() == {"armed": []}
    assert athena.control("DELETE", "faults/1").status_code == 404


def test_it_counts(athena: Athena) -> None:
    athena.control("POST", "faults", {"kind": "status", "every": 2, "times": 1})
    for _ in range(3):
        athena.get("/Patient")
    (armed,) = athena.control("GET", "faults").get_json()["armed"]
    assert (armed["matched"], armed["struck"], armed["spent"]) == (2, 1, True)


def test_a_scenario_by_name_or_as_json(athena: Athena) -> None:
    assert len(athena.control("POST", "faults", {"scenario": "flaky"}).get_json()["armed"]) == 5
    sent = {"seed": 4, "teaches": "x", "fault": [{"kind": "status"}, {"kind": "drop"}]}
    assert [each["kind"] for each in athena.control("POST", "faults", sent).get_json()["armed"]] == ["status", "drop"]
    assert len(athena.control("GET", "faults").get_json()["armed"]) == 7
    athena.control("DELETE", "faults")
    assert athena.control("GET", "faults").get_json() == {"armed": []}


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({}, "kind = None: expected the name of a fault"),
        ({"kind": "laterncy"}, "did you mean 'latency'"),
        ({"kind": "status", "with": {"code": 5}}, "unknown key 'code'"),
        ({"scenario": "nothing"}, "unknown scenario 'nothing': expected one of"),
        ({"scenario": "/etc/passwd"}, "unknown scenario '/etc/passwd'"),
        ({"scenario": "flaky", "times": 1}, "unknown key 'times'"),
        ({"fault": []}, "at least one"),
    ],
)
def test_what_cannot_be_armed_is_refused_and_nothing_is_armed(athena: Athena, sent: Any, complaint: str) -> None:
    answer = athena.control("POST", "faults", sent)
    assert (answer.status_code, complaint in answer.get_json()["error"]) == (400, True)
    assert athena.control("GET", "faults").get_json() == {"armed": []}


def test_what_there_is_can_be_read(athena: Athena) -> None:
    kinds = {each["kind"]: each for each in athena.control("GET", "faults/kinds").get_json()["kinds"]}
    assert {"latency", "connection-reset", "malformed-json"} <= set(kinds)
    assert kinds["latency"]["with"][0] == {"name": "seconds", "expects": "a number", "default": 1.0}
    scenarios = athena.control("GET", "faults/scenarios").get_json()["scenarios"]
    assert {"name", "teaches"} == set(scenarios[0])
