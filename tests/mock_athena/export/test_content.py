"""What is in an export of each level."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.clock import ManualClock
from mock_athena.errors import BadRequest, NotFound
from mock_athena.export import ExportJob
from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.store import ResourceStore

Counts = dict[str, int]


@pytest.fixture
def counts(start: Callable[..., ExportJob], read: Callable[..., Any]) -> Callable[..., Counts]:
    def count(level: str, **asked: object) -> Counts:
        return {type: len(found) for type, found in read(start(level, **asked)).items()}

    return count


@pytest.mark.requirement("BFI-013")
@pytest.mark.requirement("BKO-028")
def test_patient_level_is_every_compartment(counts: Callable[..., Counts]) -> None:
    assert counts("Patient") == {"Patient": 3, "Observation": 6, "Condition": 3, "Provenance": 3}


def test_system_level_adds_what_is_in_no_compartment(counts: Callable[..., Counts]) -> None:
    expected = {"Patient": 3, "Observation": 6, "Condition": 3, "Provenance": 3}
    assert counts("system") == expected | {"Group": 1, "Organization": 1, "Device": 1}


@pytest.mark.requirement("BFI-010", "BFI-011")
def test_group_level_is_the_compartments_of_active_members(
    start: Callable[..., ExportJob], read: Callable[..., Any]
) -> None:
    found = read(start("Group", group="g"))
    assert {type: len(resources) for type, resources in found.items()} == {
        "Patient": 2,
        "Observation": 4,
        "Condition": 2,
        "Provenance": 2,
    }
    assert {resource["id"] for resource in found["Patient"]} == {"p1", "p2"}


@pytest.mark.requirement("BKO-026")
def test_types_asked_for_limit_the_files(counts: Callable[..., Counts]) -> None:
    assert counts("Patient", types=("Condition", "Patient")) == {"Condition": 3, "Patient": 3}


def test_a_type_without_data_has_no_file(counts: Callable[..., Counts]) -> None:
    assert counts("Patient", types=("Immunization", "Condition")) == {"Condition": 3}


@pytest.mark.requirement("BKO-030")
@pytest.mark.parametrize(("level", "type"), [("Patient", "Organization"), ("Group", "Group"), ("system", "Binary")])
def test_a_type_that_the_level_does_not_export_is_refused_by_name(
    start: Callable[..., ExportJob], level: str, type: str
) -> None:
    with pytest.raises(BadRequest, match=f"_type: {type} cannot be exported"):
        start(level, group="g", types=(type, "Patient"))


def test_leniently_such_a_type_is_left_out_and_named(start: Callable[..., ExportJob], read: Callable[..., Any]) -> None:
    job = start("Patient", types=("Organization", "Patient"), lenient=True)
    assert list(read(job)) == ["Patient", "OperationOutcome"]
    assert [text[:30] for text in job.ignored] == ["left out: _type: Organization "]


def test_leniency_does_not_turn_nothing_into_everything(start: Callable[..., ExportJob]) -> None:
    with pytest.raises(BadRequest):
        start("Patient", types=("Organization",), lenient=True)


def test_an_unknown_group_is_not_found(start: Callable[..., ExportJob]) -> None:
    with pytest.raises(NotFound, match="no Group/nope"):
        start("Group", group="nope")


def test_lines_are_sent_with_our_urls(
    store: ResourceStore, clock: ManualClock, start: Callable[..., ExportJob], read: Callable[..., Any]
) -> None:
    report = {"resourceType": "DiagnosticReport", "id": "r1", "subject": {"reference": "Patient/p1"}}
    store.put({**report, "presentedForm": [{"url": f"{DOCUMENTS}/r1.pdf"}]}, clock.now())
    sent = read(start(types=("DiagnosticReport",)))["DiagnosticReport"][0]
    assert sent["presentedForm"] == [{"url": "http://test/d/r1.pdf"}]
