"""A run on real time does other checks while an export runs, and judges what a run that waits does.

Real time is played by an emulator's standing clock of which the suite believes that waiting on it costs something.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from athena_fhir_conformance import Run, Selection
from athena_fhir_conformance.clock import Clock, MovedTime
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.exports import begun, finished
from athena_fhir_conformance.flows.waiting import AT_ONCE
from athena_fhir_conformance.problems import PutOff
from athena_fhir_conformance.running import run_against
from athena_fhir_conformance.sending import http_client
from athena_fhir_conformance.target import Target
from mock_athena import Settings, create_app
from tests.conformance.wsgi import CLIENT, Small, as_json

QUOTA = 16, 2.0


class _Costly(MovedTime):
    virtual = False


class Live(Target):
    def _found_clock(self) -> Clock:
        found = super()._found_clock()
        assert isinstance(found, MovedTime)
        return _Costly(found.now(), found._move)


@pytest.fixture
def live() -> Iterator[partial[Target]]:
    apps = []

    def target(kind: type[Target], **settings: Any) -> Target:
        apps.append(create_app(Settings(clock="manual", **settings)))
        return kind("http://127.0.0.1/fhir/r4", CLIENT, app=apps[-1])

    yield partial(target)
    for app in apps:
        app.close()


def verdicts(outcome: Run) -> dict[str, str]:
    assert outcome.broken == ()
    asked_of_none = ("--slow", "on a virtual clock alone")
    shown = [each for each in outcome.results if not any(words in each.reason for words in asked_of_none)]
    return {each.id: each.verdict.value for each in shown}


def lasted(target: Target) -> float:
    return target.exchanges[-1].received_at - target.exchanges[0].sent_at


def running_at(exchanges: list[Exchange]) -> int:
    """The most exports that were begun and neither known to be complete nor deleted, at any time."""
    most, open = 0, set[str]()
    for each in exchanges:
        if each.status == 202 and "Content-Location" in each.headers:
            open.add(each.headers["Content-Location"])
        if each.method == "DELETE" or (each.status == 200 and "bulkstatus" in each.url):
            open.discard(each.url)
        most = max(most, len(open))
    return most


def test_exports_run_beside_other_checks(live: partial[Target]) -> None:
    costly, free = live(Live), live(Target)
    seen, expected = (run_against(each, Selection(("bulk_files",))) for each in (costly, free))
    assert verdicts(seen).items() <= verdicts(expected).items()
    assert [each.id for each in seen.results] == [each.id for each in expected.results]
    assert 1 < running_at(costly.exchanges) <= AT_ONCE + 2, "two more are those that a check begins and deletes"
    assert lasted(costly) < lasted(free)
    assert all(each.status != 429 for each in costly.exchanges if "$export" in each.url)


@pytest.mark.long
def test_a_live_run_is_as_fast_as_the_quota_allows(live: partial[Target]) -> None:
    costly = live(Live)
    outcome = run_against(costly, Selection())
    assert verdicts(outcome).items() <= verdicts(run_against(live(Target), Selection())).items()
    amount, window = QUOTA
    optimum = (spent(costly) - amount) * window / amount
    assert lasted(costly) < 1.1 * optimum


def spent(target: Target) -> int:
    """Requests that the emulator admitted at the expense of the quota by which the run is paced, and of no other."""
    entries = target._control("GET", "journal?limit=5000", None)["entries"]
    admitted = [each for each in entries if each["verdict"] == "admitted" and each["cost"]]
    return sum(each["quota"] == f"client {CLIENT.client_id} at production" for each in admitted)


def test_what_runs_is_deleted_at_the_end(live: partial[Target]) -> None:
    target = live(Target)
    run_against(target, Selection(("bulk_manifest",)))
    assert running_at(target.exchanges) > 0
    taken = [each for each in target.exchanges if each.status == 202 and "$export" in each.url]
    assert {each.headers["Content-Location"] for each in taken} <= {
        each.url for each in target.exchanges if each.method == "DELETE"
    }


def test_a_server_that_takes_one_export_at_a_time_is_asked_for_one(live: partial[Target]) -> None:
    target = live(Live)
    target.look()
    target.puts_off = True
    first = begun(target, "first", "_type=Patient")
    with pytest.raises(PutOff) as put_off:
        finished(target, first)
    target._client = http_client(Small(lambda *_: as_json({"resourceType": "OperationOutcome"}, 429)))
    asked = len(target.exchanges)
    for _ in range(2):
        with pytest.raises(PutOff) as waits:
            begun(target, "second", "_type=Patient")
        assert waits.value.until == put_off.value.until
    assert (len(target.exchanges) - asked, target.exports_at_once) == (1, 1), "it was told once, and believed"
