"""An export shows what its token may see, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.errors import BadRequest, Forbidden, NotFound
from mock_athena.export import ExportJob, ExportService

Start = Callable[..., ExportJob]
MakeCaller = Callable[..., Caller]


@pytest.mark.requirement("BKS-041")
def test_a_narrow_token_gets_only_its_types(start: Start, read: Callable[..., Any], caller: MakeCaller) -> None:
    narrow = caller("system/Patient.rs system/Condition.read")
    assert list(read(start("system", by=narrow), narrow)) == ["Patient", "Condition"]


@pytest.mark.parametrize("scope", ["system/Observation.r", "system/Observation.s"])
def test_reading_alone_or_searching_alone_is_not_enough(start: Start, caller: MakeCaller, scope: str) -> None:
    with pytest.raises(Forbidden, match=r"system/Observation\.rs"):
        start(types=("Observation",), by=caller(scope))


@pytest.mark.requirement("BKS-040")
def test_a_type_asked_for_without_its_scope_is_refused(start: Start, caller: MakeCaller) -> None:
    with pytest.raises(Forbidden, match=r"system/Condition\.rs"):
        start(types=("Patient", "Condition"), by=caller("system/Patient.rs"))


def test_a_token_without_any_type_is_refused(start: Start, caller: MakeCaller) -> None:
    with pytest.raises(Forbidden):
        start("system", by=caller("openid"))


@pytest.mark.requirement("BKO-054")
def test_a_group_needs_the_group_scope(start: Start, caller: MakeCaller) -> None:
    with pytest.raises(Forbidden, match=r"system/Group\.rs"):
        start("Group", group="g", by=caller("system/Patient.rs"))


@pytest.mark.parametrize("level", ["system", "Patient"])
def test_a_patients_token_gets_that_patients_compartment(
    start: Start, read: Callable[..., Any], caller: MakeCaller, level: str
) -> None:
    own = caller("patient/*.rs", patient="p2")
    found = read(start(level, by=own), own)
    ids = {resource["id"] for resources in found.values() for resource in resources}
    assert ids == {"p2", "p2-o1", "p2-o2", "p2-c", "p2-p"}


def test_a_patients_token_exports_nothing_outside_compartments(start: Start, caller: MakeCaller) -> None:
    with pytest.raises(BadRequest, match="Organization"):
        start("system", types=("Organization",), by=caller("patient/*.rs", patient="p2"))


def test_to_a_patients_token_a_group_looks_unknown(start: Start, caller: MakeCaller) -> None:
    own = caller("patient/*.rs", patient="p2")
    with pytest.raises(NotFound) as existing:
        start("Group", group="g", by=own)
    with pytest.raises(NotFound) as unknown:
        start("Group", group="nope")
    assert existing.value.message == unknown.value.message.replace("nope", "g")
    assert "p2" in existing.value.reason


def test_a_file_needs_the_scope_of_its_type_when_it_is_read(
    service: ExportService, start: Start, read: Callable[..., Any], caller: MakeCaller
) -> None:
    job = start()
    read(job)
    with pytest.raises(Forbidden, match="Observation"):
        service.file(job.id, "Observation.ndjson", caller("system/Patient.rs"))
