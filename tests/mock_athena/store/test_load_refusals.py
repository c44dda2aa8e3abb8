"""What cannot be stored is refused by name, and nothing of its load stays."""

from typing import Any

import pytest

from mock_athena.errors import DataError
from mock_athena.store import ResourceStore
from tests.mock_athena.store.conftest import NOW, ids, observation, patient

CANNOT_BE_STORED: list[tuple[Any, str]] = [
    ([], "JSON list"),
    ({"id": "x"}, "resourceType None"),
    ({"resourceType": "Spaceship", "id": "x"}, "Spaceship"),
    ({"resourceType": ["Patient"], "id": "x"}, "Patient"),
    ({"resourceType": "Patient"}, "id None"),
    (patient("a_b"), "a_b"),
    (patient("p", meta=None), "Patient/p: meta"),
    (patient("p", meta={"lastUpdated": "soon"}), "Patient/p: meta.lastUpdated"),
    (patient("p", meta={"lastUpdated": 5}), "Patient/p: meta.lastUpdated"),
    (patient("p", birthDate="1990-02-30"), "Patient/p: .*day 30"),
    (patient("p", birthDate=1990), "Patient/p"),
    (patient("p", multipleBirthInteger=float("nan")), "Patient/p.*JSON"),
    (patient("p", name=[{"family": "\ud800"}]), "Patient/p.*JSON"),
]


@pytest.mark.parametrize(("resource", "told"), CANNOT_BE_STORED)
def test_it_is_refused_by_name_and_nothing_is_half_written(store: ResourceStore, resource: Any, told: str) -> None:
    good = [observation(f"o-{n}", "p") for n in range(5)]
    before = store.snapshot()
    with pytest.raises(DataError, match=told):
        store.load([*good, resource], NOW)
    after = store.snapshot()
    assert (after.seq, after.last_updated) == (before.seq, before.last_updated)
    assert ids(after, "Observation") == []
    assert store.load(good[:3], NOW) == 3
    assert ids(store.snapshot(), "Observation") == ["o-0", "o-1", "o-2"]


def test_thousands_of_rows_before_it_do_not_stay_either(store: ResourceStore) -> None:
    with pytest.raises(DataError, match="a_b"):
        store.load([*(observation(f"o-{n}", "p") for n in range(2500)), patient("a_b")], NOW)
    assert ids(store.snapshot(), "Observation") == []


def test_an_id_that_comes_twice_is_refused(store: ResourceStore) -> None:
    with pytest.raises(DataError, match=r"Patient/p comes twice"):
        store.load([patient("p"), patient("q"), patient("p")], NOW)
    assert ids(store.snapshot(), "Patient") == []


@pytest.mark.parametrize("version", ["1", "9"])
def test_what_is_there_already_is_not_loaded_again(store: ResourceStore, version: str) -> None:
    store.load([patient("p")], NOW)
    again = patient("p", meta={"versionId": version, "lastUpdated": "2025-01-01T00:00:00Z"})
    with pytest.raises(DataError, match=r"Patient/p is there already"):
        store.load([patient("q"), again], NOW)
    assert ids(store.snapshot(), "Patient") == ["p"]


def test_an_error_of_the_source_undoes_what_it_gave(store: ResourceStore) -> None:
    def source() -> Any:
        yield patient("p")
        message = "the source broke"
        raise DataError(message)

    with pytest.raises(DataError, match="broke"):
        store.load(source(), NOW)
    assert store.snapshot().read("Patient", "p") is None


def test_many_loads_add_up(store: ResourceStore) -> None:
    assert store.load([], NOW) == 0
    assert store.load([patient("p")], NOW) == 1
    assert store.load([patient("q")], NOW) == 1
    assert ids(store.snapshot(), "Patient") == ["p", "q"]
