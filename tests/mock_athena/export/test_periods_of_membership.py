"""Who is a member of a Group at the time of the export."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.clock import ManualClock
from mock_athena.export import ExportJob
from mock_athena.store import ResourceStore


@pytest.mark.requirement("BFI-010", "BFI-011")
@pytest.mark.parametrize(
    ("period", "there"),
    [
        ({}, True),
        ({"start": "2024-01-15T10:00:00Z"}, True),
        ({"start": "2024-01-16"}, False),
        ({"end": "2024-01-15"}, True),
        ({"end": "2024-01-14"}, False),
        ({"start": "2020", "end": "2025"}, True),
        ({"end": "whenever"}, True),
    ],
)
def test_a_member_is_one_within_the_period(
    store: ResourceStore,
    clock: ManualClock,
    start: Callable[..., ExportJob],
    read: Callable[..., Any],
    period: dict[str, str],
    *,
    there: bool,
) -> None:
    members = [{"entity": {"reference": "Patient/p1"}}, {"entity": {"reference": "Patient/p2"}, "period": period}]
    store.put({"resourceType": "Group", "id": "h", "member": members}, clock.now())
    found = read(start("Group", group="h", types=("Patient",)))
    assert [patient["id"] for patient in found["Patient"]] == (["p1", "p2"] if there else ["p1"])
