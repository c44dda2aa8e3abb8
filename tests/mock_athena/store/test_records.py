"""Small state beside the data."""

from mock_athena.store import ResourceStore


def test_records_are_kept_by_kind_and_id(store: ResourceStore) -> None:
    store.records.put("job", "2", {"n": [1, None, "ü"]})
    store.records.put("job", "1", 5)
    store.records.put("other", "1", "elsewhere")
    assert store.records.get("job", "2") == {"n": [1, None, "ü"]}
    assert list(store.records.all("job").items()) == [("1", 5), ("2", {"n": [1, None, "ü"]})]


def test_a_second_value_takes_the_place_of_the_first_and_delete_forgets(store: ResourceStore) -> None:
    store.records.put("job", "1", "a")
    store.records.put("job", "1", "b")
    assert store.records.get("job", "1") == "b"
    store.records.delete("job", "1")
    store.records.delete("job", "1")
    assert store.records.get("job", "1") is None
    assert store.records.all("job") == {}
