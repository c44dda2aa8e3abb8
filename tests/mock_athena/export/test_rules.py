"""What a client may do with its exports."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import Throttled
from mock_athena.export import ExportJob, ExportService, KickOff
from mock_athena.export.rules import Rules
from mock_athena.store import ResourceStore

MakeCaller = Callable[..., Caller]
URL = "http://test/fhir/r4/Patient/$export"


@pytest.fixture
def under(store: ResourceStore, clock: ManualClock) -> Callable[..., ExportService]:
    """``under(rules)`` is a service of exports that take 600 s."""
    return lambda **rules: ExportService(store, clock, 600, rules=Rules(**rules))


def kick_off(service: ExportService, by: Caller, *types: str, **asked: Any) -> ExportJob:
    return service.kick_off(KickOff("Patient", types=types, **asked), by, URL)


@pytest.mark.requirement("BKO-052", "BDE-009")
def test_one_more_than_at_once_is_told_when_to_come_back(
    under: Callable[..., ExportService], clock: ManualClock, caller: MakeCaller
) -> None:
    service = under(at_once=1)
    first = kick_off(service, caller())
    clock.advance(590 * NANOSECONDS)
    with pytest.raises(Throttled, match="1 export jobs of this client are in progress") as refused:
        kick_off(service, caller())
    assert refused.value.headers == (("Retry-After", "10"),)
    assert kick_off(service, caller(client_id="other")).id != first.id
    service.delete(first.id, caller())
    second = kick_off(service, caller())
    clock.advance_to(second.ready_at)
    assert kick_off(service, caller()).id != second.id
    assert len(service.jobs()) == 4


def test_who_repeats_a_kick_off_joins_the_job_in_progress(
    under: Callable[..., ExportService], clock: ManualClock, caller: MakeCaller
) -> None:
    service = under(join=True, at_once=1)
    first = kick_off(service, caller(), "Patient")
    clock.advance(NANOSECONDS)
    assert kick_off(service, caller(), "Patient") == first
    with pytest.raises(Throttled):
        kick_off(service, caller(), "Condition")
    clock.advance_to(first.ready_at)
    assert kick_off(service, caller(), "Patient").id != first.id


def test_a_token_that_covers_something_else_starts_a_job_of_its_own(
    under: Callable[..., ExportService], caller: MakeCaller
) -> None:
    service = under(join=True)
    first = kick_off(service, caller("system/Observation.rs?status=amended"), "Observation")
    assert kick_off(service, caller(), "Observation").id != first.id


def test_what_differs_in_the_body_alone_is_another_export(
    under: Callable[..., ExportService], caller: MakeCaller
) -> None:
    service = under(join=True)
    first = kick_off(service, caller(), "Patient", "Provenance", associated="latest")
    assert kick_off(service, caller(), "Patient", associated="latest").id != first.id
    assert kick_off(service, caller(), "Patient", "Provenance", associated="latest", ignored=("x",)).id != first.id
    assert kick_off(service, caller(), "Patient", "Provenance", associated="latest") == first


def test_without_rules_everybody_starts_as_many_as_they_like(service: ExportService, caller: MakeCaller) -> None:
    assert len({kick_off(service, caller()).id for _ in range(3)}) == 3


@pytest.mark.requirement("BST-007")
def test_who_polls_too_soon_is_told_how_long_to_wait(
    under: Callable[..., ExportService], clock: ManualClock, caller: MakeCaller
) -> None:
    service = under(poll_interval=30.0)
    job = kick_off(service, caller())
    service.poll(job.id, caller())
    clock.advance(29 * NANOSECONDS + 1)
    with pytest.raises(Throttled, match="ask again in 1 s") as refused:
        service.poll(job.id, caller())
    assert refused.value.headers == (("Retry-After", "1"),)
    clock.advance(NANOSECONDS)
    service.poll(job.id, caller())


def test_who_waits_as_it_was_told_is_never_refused(
    under: Callable[..., ExportService], clock: ManualClock, caller: MakeCaller
) -> None:
    service = under(poll_interval=3600.0)
    job = kick_off(service, caller())
    for wait in (120, 120, 120, 120, 119, 1):
        service.poll(job.id, caller())
        clock.advance(wait * NANOSECONDS)
        if wait == 119:
            clock.advance(NANOSECONDS)
            break
    assert service.poll(job.id, caller()).ready_at == job.ready_at
    service.poll(job.id, caller())  # what is complete may be asked for at any time
