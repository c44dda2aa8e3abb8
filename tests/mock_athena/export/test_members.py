"""Members of a Group, in whatever shape the Group was loaded."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.clock import ManualClock
from mock_athena.export import ExportJob
from mock_athena.export.members import members_of
from mock_athena.store import ResourceStore

P1 = {"entity": {"reference": "Patient/p1"}}


def group(member: Any) -> dict[str, Any]:
    return {"resourceType": "Group", "id": "odd", "type": "person", "actual": True, "member": member}


@pytest.mark.parametrize(
    "broken",
    [None, 5, "x", [], {}, {"entity": None}, {"entity": []}],
    ids=repr,
)
def test_a_broken_member_is_skipped(store: ResourceStore, clock: ManualClock, broken: Any) -> None:
    store.put(group([broken, P1]), clock.now())
    assert members_of(store.snapshot(), "odd") == ("p1",)


@pytest.mark.parametrize("member", [None, 5, "x", {}, {"entity": None}], ids=repr)
def test_members_that_are_no_list_are_nobody(
    store: ResourceStore, clock: ManualClock, start: Callable[..., ExportJob], member: Any
) -> None:
    store.put(group(member), clock.now())
    assert members_of(store.snapshot(), "odd") == ()
    assert start("Group", group="odd").level == "Group"
