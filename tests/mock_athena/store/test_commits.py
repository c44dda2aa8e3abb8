"""Load, put, delete: versions, their numbers and instants."""

import json

import pytest

from mock_athena.errors import DataError
from mock_athena.fhir.instants import parse
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import HasToken, Token
from tests.mock_athena.store.conftest import NOW, ids, observation, patient


def test_a_loaded_resource_keeps_its_meta_and_its_bytes(store: ResourceStore) -> None:
    given = patient("p", name=[{"family": "Ünal"}], meta={"versionId": "7", "lastUpdated": "2020-01-01T00:00:00Z"})
    assert store.load([given], NOW) == 1
    stored = store.snapshot().read("Patient", "p")
    assert stored is not None
    assert json.loads(stored.body) == given
    assert (stored.version_id, stored.last_updated) == (7, parse("2020-01-01").low)


def test_what_brings_no_meta_gets_version_1_and_now(store: ResourceStore) -> None:
    store.load([patient("p", meta={"tag": [{"code": "t"}]})], NOW)
    stored = store.snapshot().read("Patient", "p")
    assert stored is not None
    meta = {"versionId": "1", "lastUpdated": "2024-06-01T12:00:00.000Z", "tag": [{"code": "t"}]}
    assert json.loads(stored.body)["meta"] == meta


def test_put_numbers_the_versions_and_answers_what_it_stored(store: ResourceStore) -> None:
    store.load([patient("p", meta={"versionId": "4", "lastUpdated": "2020-01-01T00:00:00Z"})], NOW)
    stored = store.put(patient("p", gender="male"), NOW)
    assert stored["meta"] == {"versionId": "5", "lastUpdated": "2024-06-01T12:00:00.000Z"}
    assert store.put(patient("new"), NOW)["meta"]["versionId"] == "1"
    version = store.snapshot().read("Patient", "p")
    assert version is not None
    assert json.loads(version.body) == stored


def test_last_updated_strictly_grows_while_the_clock_stands_still(store: ResourceStore) -> None:
    store.load([patient("p", meta={"versionId": "1", "lastUpdated": "2024-06-01T12:00:00.000500Z"})], NOW)
    instants = [store.put(patient("p"), NOW)["meta"]["lastUpdated"] for _ in range(3)]
    store.load([patient("q")], NOW)
    loaded = store.snapshot().read("Patient", "q")
    assert loaded is not None
    micros = [parse(text).low for text in instants] + [loaded.last_updated]
    assert micros == sorted(set(micros))
    assert micros[0] > parse("2024-06-01T12:00:00.000500Z").low


def test_a_clock_that_went_backward_does_not_turn_it_back(store: ResourceStore) -> None:
    first = store.put(patient("p"), NOW)["meta"]["lastUpdated"]
    assert store.put(patient("p"), NOW - 10**12)["meta"]["lastUpdated"] > first


def test_deleting_leaves_a_marker_and_no_matches(store: ResourceStore) -> None:
    store.load([patient("p", gender="male")], NOW)
    store.delete("Patient", "p", NOW)
    marker = store.snapshot().read("Patient", "p")
    assert marker is not None
    assert (marker.deleted, marker.version_id, marker.body) == (1, 2, b"")
    assert ids(store.snapshot(), "Patient") == []
    assert ids(store.snapshot(), "Patient", HasToken("gender", (Token(None, "male"),))) == []


@pytest.mark.parametrize("version", ["0", "1", "draft"])
def test_any_version_id_can_be_followed_and_deleted(store: ResourceStore, version: str) -> None:
    store.load([patient("p", meta={"versionId": version, "lastUpdated": "2020-01-01T00:00:00Z"})], NOW)
    store.put(patient("p"), NOW)
    store.delete("Patient", "p", NOW)
    marker = store.snapshot().read("Patient", "p")
    assert marker is not None
    assert marker.deleted


def test_deleting_twice_or_what_never_was_is_no_commit(store: ResourceStore) -> None:
    store.load([patient("p")], NOW)
    store.delete("Patient", "p", NOW)
    before = store.snapshot()
    store.delete("Patient", "p", NOW)
    store.delete("Patient", "never", NOW)
    after = store.snapshot()
    assert (before.seq, before.last_updated) == (after.seq, after.last_updated)
    assert after.read("Patient", "never") is None


def test_what_was_deleted_can_be_put_again(store: ResourceStore) -> None:
    store.put(patient("p"), NOW)
    store.delete("Patient", "p", NOW)
    assert store.put(patient("p"), NOW)["meta"]["versionId"] == "3"
    assert ids(store.snapshot(), "Patient") == ["p"]


def test_the_same_id_in_two_types_is_two_resources(store: ResourceStore) -> None:
    store.load([patient("x"), observation("x", "x")], NOW)
    store.delete("Patient", "x", NOW)
    assert ids(store.snapshot(), "Observation") == ["x"]


def test_a_put_that_is_refused_leaves_everything_as_it_was(store: ResourceStore) -> None:
    store.load([observation("o", "p")], NOW)
    seq = store.snapshot().seq
    with pytest.raises(DataError, match="Observation/o"):
        store.put(observation("o", "p", date="never"), NOW)
    assert store.snapshot().seq == seq
    assert ids(store.snapshot(), "Observation", HasToken("status", (Token(None, "final"),))) == ["o"]
