"""The suite against the healthy emulator, in process and on a standing clock, in both profiles."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from athena_fhir_conformance import Run, Verdict, run
from athena_fhir_conformance.requirements import requirements
from mock_athena import Settings, create_app
from tests.conformance.wsgi import CLIENT

REGISTERED = {"backend.an_incomplete_key_is_not_registered"}
"""What is shown at the emulator's control API, which is no part of what is judged and not recorded."""


@pytest.fixture(scope="module", params=["mission", "athena"])
def outcome(request: pytest.FixtureRequest) -> Iterator[Run]:
    app = create_app(Settings(profile=request.param, clock="manual"))
    yield run(app, CLIENT, request.param)
    app.close()


def test_it_is_green(outcome: Run) -> None:
    red = [
        f"{each.verdict} {each.id}: {each.reason}" for each in (*outcome.of(Verdict.FAIL), *outcome.of(Verdict.ERROR))
    ]
    assert red == []
    assert outcome.broken == ()
    assert outcome.count(Verdict.PASS) > 600


def test_what_is_not_shown_says_why(outcome: Run) -> None:
    silent = [each.id for each in outcome.results if each.verdict != Verdict.PASS and not each.reason]
    assert silent == []


def test_what_was_shown_has_evidence(outcome: Run) -> None:
    without = {each.id.partition("[")[0] for each in outcome.of(Verdict.PASS) if not each.evidence}
    assert without <= REGISTERED
    shown = {str(number) for each in outcome.results for number in each.evidence}
    assert shown == set(outcome.document()["exchanges"])


def test_most_binding_requirements_are_shown(outcome: Run) -> None:
    known = requirements()
    passed = {id for each in outcome.of(Verdict.PASS) for id in each.requirements}
    asked = {
        row.id
        for row in known.values()
        if row.binding and row.actor == "server" and not row.reason and row.profile in ("", outcome.profile)
    }
    missing = asked - passed
    assert len(missing) / len(asked) < {"mission": 0.1, "athena": 0.35}[outcome.profile], sorted(missing)


def test_the_report_is_as_agreed_and_has_no_secret(outcome: Run) -> None:
    text = json.dumps(outcome.document())
    document: dict[str, Any] = json.loads(text)
    assert document["target"]["url"] == "http://127.0.0.1/fhir/r4"
    assert {"id", "requirements", "verdict", "reason", "evidence"} <= document["checks"][0].keys()
    assert "mock-secret" not in text
    assert "eyJ" not in text
