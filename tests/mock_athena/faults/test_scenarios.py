"""Scenarios: TOML with a schema, and errors that say where, what came and what was expected."""

from pathlib import Path
from typing import Any

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.faults.scenarios import from_header, load, rule, scenario, shipped
from mock_athena.settings import fixtures_dir


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_can_be_loaded_and_says_what_it_teaches(name: str) -> None:
    loaded = load(name)
    assert loaded.rules
    assert loaded.teaches.endswith(".")
    assert loaded == load(str(fixtures_dir() / "scenarios" / f"{name}.toml"))


def test_every_problem_of_the_guide_and_every_known_outage_has_one() -> None:
    teaches = {name: load(name).teaches for name in shipped()}
    for problem in ("F1", "F2", "F3", "F4"):
        assert any(text.startswith(problem) for text in teaches.values()), problem
    assert {"sandbox-502", "wiped-sandbox", "429-lock-out", "401-expired-token", "export-stuck"} <= set(teaches)


def test_a_file_says_everything_a_rule_can_say(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("""
teaches = "All of it."
seed = 3
[[fault]]
kind = "latency"
name = "slow reads"
at = "admitted"
with = { seconds = 2, distribution = "normal", spread = 0.5 }
match = { method = "GET", route = "fhir", path = "*", environment = "sandbox", client = "me" }
every = 2
probability = 0.5
times = 7
start = 1
stop = 9.5
""")
    loaded = load(str(file))
    (made,) = loaded.rules
    assert (loaded.name, loaded.teaches) == ("own", "All of it.")
    assert (made.kind, made.name, made.at, made.seed) == ("latency", "slow reads", "admitted", 3)
    assert (made.every, made.probability, made.times, made.start, made.stop) == (2, 0.5, 7, 1.0, 9.5)
    assert (made.match.client, made.match.environment) == ("me", "sandbox")
    assert repr(made.fault) == "Latency(seconds=2.0, distribution='normal', spread=0.5)"


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({}, "fault = []: expected at least one [[fault]] table"),
        ({"fault": {}}, "expected at least one [[fault]] table"),
        ({"faults": []}, "at the top: unknown key 'faults': expected teaches, seed, fault; did you mean 'fault'?"),
        ({"fault": [{"kind": "status"}], "seed": "x"}, "at the top: seed = 'x': expected a whole number"),
        ({"fault": [5]}, "fault 1: 5: expected a table"),
        ({"fault": [{}]}, "fault 1: kind = None: expected the name of a fault"),
        ({"fault": [{"kind": "statu"}]}, "unknown fault 'statu': expected one of "),
        ({"fault": [{"kind": "statu"}]}, "; did you mean 'status'?"),
        ({"fault": [{"kind": "status"}, {"kind": "status", "prob": 1}]}, "fault 2: unknown key 'prob': expected kind,"),
        ({"fault": [{"kind": "status", "prob": 1}]}, "did you mean 'probability'?"),
        ({"fault": [{"kind": "status", "with": {"code": 1}}]}, "fault 1 (status), with: unknown key 'code': expected"),
        ({"fault": [{"kind": "status", "with": {"status": "503"}}]}, "status = '503': expected a whole number"),
        ({"fault": [{"kind": "status", "with": {"status": 200}}]}, "status = 200: expected 400 to 599"),
        ({"fault": [{"kind": "status", "with": {"status": True}}]}, "status = True: expected a whole number"),
        ({"fault": [{"kind": "status", "with": 5}]}, "fault 1 (status), with: 5: expected a table"),
        ({"fault": [{"kind": "status", "at": "later"}]}, "expected 'arrival' or 'admitted' or 'answer'"),
        ({"fault": [{"kind": "drop", "at": "arrival"}]}, "at = 'arrival': expected 'answer'"),
        ({"fault": [{"kind": "status", "match": {"rute": "fhir"}}]}, "match: unknown key 'rute': expected method,"),
        ({"fault": [{"kind": "status", "match": {"route": "control"}}]}, "route = 'control': expected public, oauth"),
        ({"fault": [{"kind": "status", "match": {"environment": "x"}}]}, "expected 'production' or 'sandbox'"),
        ({"fault": [{"kind": "status", "match": {"status": "many"}}]}, "expected a status such as '429'"),
        ({"fault": [{"kind": "status", "match": {"client": 5}}]}, "client = 5: expected a text"),
        ({"fault": [{"kind": "status", "probability": 1.5}]}, "probability = 1.5: expected a share from 0 to 1"),
        ({"fault": [{"kind": "status", "times": -1}]}, "times = -1: expected a number that is not negative"),
        ({"fault": [{"kind": "status", "stop": float("nan")}]}, "stop = nan: expected a number"),
        ({"fault": [{"kind": "status", "stop": 10**400}]}, "expected a number"),
        ({"fault": [{"kind": "missing-headers", "with": {"names": "X"}}]}, "names = 'X': expected a list of texts"),
        ({"fault": [{"kind": "malformed-json", "with": {"how": "x"}}]}, "how = 'x': expected 'cut' or 'comma'"),
        ({"fault": [{"kind": "latency", "with": {"seconds": -1}}]}, "seconds = -1.0: expected 0 to 3600"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_what_was_expected(sent: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 - the message is looked at below
        scenario("own", sent)
    assert complaint in str(told.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'nowhere': No such file.*expected a TOML file, or one of 401-"):
        load("nowhere")
    broken = tmp_path / "broken.toml"
    broken.write_text("[[fault]\n")
    with pytest.raises(ConfigurationError, match=r"broken\.toml: .*line 1"):
        load(str(broken))
    broken.write_bytes(b"teaches = '\xff'")
    with pytest.raises(ConfigurationError, match=r"broken\.toml: "):
        load(str(broken))


def test_over_http_no_file_of_this_machine_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[[fault]]\nkind = "status"\n')
    with pytest.raises(ConfigurationError, match=r"unknown scenario .*: expected one of 401-"):
        load(str(file), files=False)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("status", [rule({"kind": "status"})]),
        ("status; status=500;retry_after=7", [rule({"kind": "status", "with": {"status": 500, "retry_after": "7"}})]),
        (
            'status; message="so; so, = so", latency; seconds=2.5; at=admitted',
            [
                rule({"kind": "status", "with": {"message": "so; so, = so"}}),
                rule({"kind": "latency", "with": {"seconds": 2.5}, "at": "admitted"}),
            ],
        ),
        ("missing-headers; names=X-A X-B", [rule({"kind": "missing-headers", "with": {"names": ["X-A", "X-B"]}})]),
        ("", []),
    ],
)
def test_a_header_asks_for_the_same(text: str, made: list[Any]) -> None:
    assert from_header(text) == made


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nothing", "unknown fault 'nothing'"),
        ("status; code=5", "X-Mock-Fault (status): unknown key 'code': expected status, message, retry_after, at"),
        ("status; status=many", "status = 'many': expected a whole number"),
        ("drop; at=arrival", "expected 'answer'"),
    ],
)
def test_a_header_that_asks_for_nothing_known_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 - the message is looked at below
        from_header(text)
    assert complaint in str(told.value)
