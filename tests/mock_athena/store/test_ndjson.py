"""NDJSON files: what is read, and that an error says file, line and reason."""

import json
import re
from pathlib import Path

import pytest

from mock_athena.errors import DataError
from mock_athena.store import ResourceStore
from mock_athena.store.ndjson import NdjsonReader, ndjson_files
from tests.mock_athena.store.conftest import NOW, patient


def test_resources_come_in_order_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    first.write_bytes(b'\xef\xbb\xbf{"resourceType":"Patient","id":"1"}\r\n\n  \n{"resourceType":"Patient","id":"2"}')
    second.write_text(json.dumps(patient("3")) + "\n")
    assert [resource["id"] for resource in NdjsonReader([first, second])] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b'{"resourceType":"Patient","id":"x","n":NaN}', "not JSON .NaN"),
        (b'{"resourceType":"Patient","id":"\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "JSON list instead of an object"),
        (b"null", "JSON NoneType instead of an object"),
        (b'{"id":"x"}', "resourceType None is not served here; expected one of AllergyIntolerance"),
        (b'{"resourceType":"Spaceship","id":"x"}', "resourceType 'Spaceship'"),
        (b'{"resourceType":"Patient"}', "Patient with id None"),
        (b'{"resourceType":"Patient","id":"a b"}', "Patient with id 'a b'"),
        (b'{"resourceType":"Patient","id":7}', "Patient with id 7"),
        (b'{"resourceType":"Patient","id":"x","meta":[]}', "meta"),
    ],
)
def test_a_line_that_is_no_resource_is_told_by_file_line_and_reason(
    tmp_path: Path, store: ResourceStore, line: bytes, told: str
) -> None:
    path = tmp_path / "Patient.ndjson"
    path.write_bytes(json.dumps(patient("good")).encode() + b"\n\n" + line + b"\n")
    reader = NdjsonReader([path])
    with pytest.raises(DataError) as refused:
        store.load(reader, NOW)
    assert re.search(rf"Patient\.ndjson:3: .*{told}", str(reader.placed(refused.value)))


def test_the_place_is_known_of_what_the_store_refuses(tmp_path: Path, store: ResourceStore) -> None:
    path = tmp_path / "Patient.ndjson"
    path.write_text("\n".join(json.dumps(each) for each in (patient("a"), patient("b", birthDate="1990-13"))))
    reader = NdjsonReader([path])
    with pytest.raises(DataError, match=r"Patient/b: birthDate: there is no month 13"):
        store.load(reader, NOW)
    assert reader.place == f"{path}:2"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    reader = NdjsonReader([tmp_path / "gone.ndjson"])
    with pytest.raises(DataError, match=r"cannot be read: No such file") as refused:
        list(reader)
    assert "gone.ndjson: cannot be read" in str(reader.placed(refused.value))


def test_folders_give_their_files_by_name(tmp_path: Path) -> None:
    for name in ("b.ndjson", "a.jsonl", "notes.txt"):
        tmp_path.joinpath(name).touch()
    lone = tmp_path / "notes.txt"
    assert ndjson_files([str(lone), str(tmp_path)]) == [lone, tmp_path / "a.jsonl", tmp_path / "b.ndjson"]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        ndjson_files([str(tmp_path / "gone")])
    with pytest.raises(DataError, match=r"no \.ndjson or \.jsonl file in this folder"):
        ndjson_files([str(tmp_path)])


def test_a_null_that_holds_the_place_of_a_primitive_is_no_mistake(store: ResourceStore) -> None:
    """R4 has nulls in lists of primitives, beside the list of their extensions: json.html#primitive."""
    name = [{"given": [None, "Ada"], "_given": [{"extension": [{"url": "http://x", "valueCode": "y"}]}, None]}]
    address = [{"line": ["1 A St"], "_line": [None]}, {"line": [None]}]
    store.load([patient("a", name=name, address=address, meta={"profile": [None, "http://p"]})], NOW)
    assert store.snapshot().read("Patient", "a") is not None
