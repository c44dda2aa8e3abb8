"""``_typeFilter``, ``_until``, ``_elements``, ``patient`` and associated data: what of a type is exported."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import BadRequest, Forbidden
from mock_athena.export import ExportJob, ExportService
from mock_athena.export.filters import Filter
from mock_athena.store import ResourceStore

Start = Callable[..., ExportJob]
Read = Callable[..., dict[str, list[dict[str, Any]]]]
MakeCaller = Callable[..., Caller]


def ids(found: dict[str, list[dict[str, Any]]], type: str) -> list[str]:
    return [resource["id"] for resource in found.get(type, [])]


@pytest.mark.requirement("BKO-034")
def test_a_filter_narrows_its_type_and_no_other(start: Start, read: Read) -> None:
    found = read(start(types=("Patient", "Observation"), filters=(Filter("Observation", "patient=p1"),)))
    assert ids(found, "Observation") == ["p1-o1", "p1-o2"]
    assert ids(found, "Patient") == ["p1", "p2", "p3"]


@pytest.mark.requirement("BKO-035")
def test_several_filters_of_a_type_add_up(start: Start, read: Read) -> None:
    filters = (Filter("Observation", "_id=p1-o1,p2-o1&patient=p1"), Filter("Observation", "subject=Patient/p3"))
    found = read(start("Patient", filters=filters))
    assert ids(found, "Observation") == ["p1-o1", "p3-o1", "p3-o2"]
    assert len(found["Condition"]) == 3


def test_as_many_filters_as_may_be_are_one_query(start: Start, read: Read) -> None:
    one = Filter("Observation", "_id=" + ",".join(f"p1-o{n}" for n in range(300)))
    assert ids(read(start(types=("Observation",), filters=(one,) * 50)), "Observation") == ["p1-o1", "p1-o2"]


def test_a_filter_within_a_group_finds_members_alone(start: Start, read: Read) -> None:
    filters = (Filter("Observation", "status=final"), Filter("Observation", "status=amended"))
    assert ids(read(start("Group", group="g", filters=filters)), "Observation") == ["p1-o1", "p1-o2", "p2-o1", "p2-o2"]


def test_a_chained_filter_asks_the_same_snapshot(
    start: Start, read: Read, store: ResourceStore, clock: ManualClock
) -> None:
    job = start(types=("Condition",), filters=(Filter("Condition", "subject:Patient.birthdate=1980-04-02"),))
    store.delete("Patient", "p2", clock.now())
    assert ids(read(job), "Condition") == ["p1-c", "p2-c", "p3-c"]


@pytest.mark.requirement("BKO-039")
def test_a_filter_of_a_type_that_is_not_exported_is_refused_or_left_out(start: Start, read: Read) -> None:
    asked: dict[str, Any] = {"types": ("Patient",), "filters": (Filter("Observation", "status=final"),)}
    with pytest.raises(BadRequest, match="Observation is not exported"):
        start(**asked)
    job = start(**asked, lenient=True)
    assert list(read(job)) == ["Patient", "OperationOutcome"]


@pytest.mark.requirement("BKO-025")
def test_until_is_what_was_updated_before(start: Start, read: Read, store: ResourceStore, clock: ManualClock) -> None:
    line = store.fence(clock.now()).last_updated
    store.put({"resourceType": "Patient", "id": "p4"}, clock.now())
    assert ids(read(start(types=("Patient",), until=line)), "Patient") == ["p1", "p2", "p3"]
    assert ids(read(start(types=("Patient",), since=line)), "Patient") == ["p4"]
    assert read(start(types=("Patient",), since=line, until=line + 1)) == {}


def test_what_was_deleted_after_until_is_not_told(start: Start, store: ResourceStore, clock: ManualClock) -> None:
    since = store.fence(clock.now()).last_updated
    store.delete("Condition", "p1-c", clock.now())
    until = store.fence(clock.now()).last_updated
    store.delete("Condition", "p2-c", clock.now())
    assert start(types=("Condition",), since=since, until=until).until == until


@pytest.mark.requirement("BKO-041")
def test_parts_keep_what_is_mandatory_and_say_that_they_are_parts(start: Start, read: Read) -> None:
    found = read(start(types=("Patient", "Observation"), elements=("Patient.birthDate", "Observation.subject")))
    for type, kept in (("Patient", {"birthDate"}), ("Observation", {"status", "code", "subject"})):
        for resource in found[type]:
            assert set(resource) == {"resourceType", "id", "meta", *kept}
            assert resource["meta"]["tag"][-1]["code"] == "SUBSETTED"


def test_an_element_without_a_type_is_of_all_and_what_is_not_listed_is_left_out(start: Start, read: Read) -> None:
    found = read(start(types=("Patient", "Condition"), elements=("subject",)))
    assert set(found["Condition"][0]) == {"resourceType", "id", "meta", "subject"}
    assert set(found["Patient"][0]) == {"resourceType", "id", "meta"}


@pytest.mark.requirement("BKO-043")
@pytest.mark.parametrize("level", ["Patient", "Group"])
def test_patients_named_are_those_exported(start: Start, read: Read, level: str) -> None:
    found = read(start(level, group="g", patients=("p2",)))
    assert {resource["id"][:2] for resources in found.values() for resource in resources} == {"p2"}


@pytest.mark.requirement("BKO-044")
@pytest.mark.parametrize(("level", "patient"), [("Patient", "nope"), ("Group", "p3"), ("Group", "nope")])
def test_a_patient_who_is_not_there_is_refused_or_left_out(start: Start, read: Read, level: str, patient: str) -> None:
    with pytest.raises(BadRequest, match=f"there is no Patient/{patient}"):
        start(level, group="g", patients=("p1", patient))
    job = start(level, group="g", patients=("p1", patient), lenient=True)
    assert ids(read(job), "Patient") == ["p1"]
    assert f"no Patient/{patient}" in job.ignored[0]
    with pytest.raises(BadRequest):  # nobody does not become everybody
        start(level, group="g", patients=(patient,), lenient=True)


def test_a_confined_token_names_nobody_else(start: Start, caller: MakeCaller) -> None:
    with pytest.raises(BadRequest, match="there is no Patient/p2"):
        start(patients=("p2",), by=caller("patient/*.rs", patient="p1"))


@pytest.fixture
def later(store: ResourceStore, clock: ManualClock) -> None:
    """A second Provenance of p1-o1, and one of an Organization."""
    for id, target in (("later", "Observation/p1-o1"), ("about-org", "Organization/org")):
        provenance = {"resourceType": "Provenance", "id": id, "target": [{"reference": target}]}
        store.put({**provenance, "recorded": "2024-01-02T00:00:00Z"}, clock.now())


@pytest.mark.requirement("BKO-048")
def test_provenance_is_exported_unless_the_types_leave_it_out(start: Start, read: Read) -> None:
    assert "Provenance" in read(start())
    assert "Provenance" not in read(start(types=("Observation",)))


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"types": ("Observation",), "associated": "relevant"}, {"p1-p", "p2-p", "p3-p", "later"}),
        ({"types": ("Observation",), "associated": "latest"}, {"p2-p", "p3-p", "later"}),
        ({"types": ("Condition",), "associated": "relevant"}, set()),
        ({"associated": "latest", "level": "system"}, {"p2-p", "p3-p", "later", "about-org"}),
        ({"types": ("Observation",), "associated": "relevant", "filters": (Filter("Observation", "patient=p1"),)},
         {"p1-p", "later"}),
    ],
)  # fmt: skip
def test_associated_provenance_is_that_of_what_is_exported(
    start: Start, read: Read, asked: dict[str, Any], expected: set[str]
) -> None:
    found = read(start(asked.pop("level", "Patient"), **asked))
    assert set(ids(found, "Provenance")) == expected


@pytest.mark.usefixtures("later")
def test_with_since_relevant_provenance_may_be_older(start: Start, read: Read, store: ResourceStore) -> None:
    now = 1_705_312_800 * NANOSECONDS
    since = store.fence(now).last_updated
    store.put(
        {"resourceType": "Observation", "id": "p2-o1", "status": "amended", "code": {"text": "x"},
         "subject": {"reference": "Patient/p2"}},
        now,
    )  # fmt: skip
    assert ids(read(start(since=since, associated="relevant")), "Provenance") == ["p2-p"]
    assert ids(read(start(since=since)), "Provenance") == []


def test_associated_data_need_their_scope(start: Start, caller: MakeCaller, service: ExportService) -> None:
    with pytest.raises(Forbidden, match="Provenance"):
        start(types=("Observation",), associated="relevant", by=caller("system/Observation.rs"))
    assert service.jobs() == []
