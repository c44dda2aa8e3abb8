"""NDJSON files and folders: what is read, what is kept of it, and that an error says file, line and reason."""

import gzip
import json
import re
from pathlib import Path

import pytest

from mock_athena.errors import DataError
from mock_athena.store.reading import data_files, read
from tests.mock_athena.store.conftest import observation, patient
from tests.mock_athena.store.loaded import body, loaded

META = '"meta":{"versionId":"3","lastUpdated":"2024-01-01T00:00:00Z"}'


def test_resources_come_in_order_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b'\xef\xbb\xbf{"id":"1"}\r\n\n  \n{"id":"2"}')
    assert [(found.number, found.text) for found in read(file)] == [(1, b'{"id":"1"}'), (4, b'{"id":"2"}')]


def test_a_line_is_kept_byte_for_byte(tmp_path: Path) -> None:
    line = f'{{"resourceType": "Patient",  "id":"p", {META}, "weight": 1.50, "name":[{{"text":"\\u00fc"}}]}}'
    (tmp_path / "a.ndjson").write_text(line + "\n")
    store = loaded(tmp_path)
    stored = store.snapshot().read("Patient", "p")
    store.close()
    assert stored is not None
    assert (stored.body.decode(), stored.version_id) == (line, 3)


@pytest.mark.parametrize("meta", ["", ',"meta":{}', ',"meta":{"tag":[{"code":"t"}]}', ',"meta":{"versionId":"9"}'])
def test_a_line_without_its_meta_gets_one_and_keeps_its_digits(tmp_path: Path, meta: str) -> None:
    line = f'{{"resourceType":"Observation","id":"o","valueQuantity":{{"value":1.10}}{meta}}}'
    (tmp_path / "a.ndjson").write_text(line + "\n")
    store = loaded(tmp_path)
    stored = store.snapshot().read("Observation", "o")
    store.close()
    assert stored is not None
    assert b'"value":1.10}' in stored.body
    given = json.loads(meta.removeprefix(',"meta":') or "{}")
    assert json.loads(stored.body)["meta"] == {"versionId": "1", "lastUpdated": "2024-06-01T12:00:00.000Z", **given}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b'{"resourceType":"Patient","id":"x","n":NaN}', "not JSON .NaN"),
        (b'{"resourceType":"Patient","id":"\xff"}', "not JSON"),
        (rb'{"resourceType":"Patient","id":"x","name":[{"text":"\ud800"}]}', "not JSON .*surrogates"),
        (b"[" * 100_000, "not JSON"),
        (b'{"resourceType":"Patient","id":"x","a":' + b"[" * 980 + b"]" * 980 + b"}", "more than 100 levels deep"),
        (b"[]", "JSON list instead of an object"),
        (b"null", "JSON NoneType instead of an object"),
        (b'{"id":"x"}', "resourceType None is not served here; expected one of AllergyIntolerance"),
        (b'{"resourceType":"Spaceship","id":"x"}', "resourceType 'Spaceship'"),
        (b'{"resourceType":"Bundle","type":"batch"}', "a Bundle on a line"),
        (b'{"resourceType":"Patient"}', "Patient with id None"),
        (b'{"resourceType":"Patient","id":"a b"}', "Patient with id 'a b'"),
        (b'{"resourceType":"Patient","id":7}', "Patient with id 7"),
        (b'{"resourceType":"Patient","id":"x","meta":[]}', "meta"),
        (b'{"resourceType":"Patient","id":"x","birthDate":"1990-13"}', "Patient/x: birthDate: there is no month 13"),
        (b'{"resourceType":"Patient","id":"good"}', r"Patient/good comes twice.*; the first is at .*Patient\.ndjson:1"),
    ],
)
def test_a_line_that_is_no_resource_is_told_by_file_line_and_reason(tmp_path: Path, line: bytes, told: str) -> None:
    path = tmp_path / "Patient.ndjson"
    path.write_bytes(json.dumps(patient("good")).encode() + b"\n\n" + line + b"\n")
    with pytest.raises(DataError) as refused:
        loaded(path)
    assert re.search(rf"Patient\.ndjson:3: .*{told}.*; nothing was loaded", str(refused.value))


def test_packed_files_are_read_like_others(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.ndjson.gz", "wt") as file:
        file.write(json.dumps(patient("p")))
    with gzip.open(tmp_path / "b.json.gz", "wt") as file:
        file.write(json.dumps(observation("o", "p"), indent=2))
    store = loaded(tmp_path)
    assert body(store, "Patient", "p")["id"] == body(store, "Observation", "o")["subject"]["reference"][8:]
    store.close()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson.gz").write_bytes(b"not packed")
    with pytest.raises(DataError, match=r"a\.ndjson\.gz: cannot be read: Not a gzipped file"):
        loaded(tmp_path)


def test_folders_give_their_files_by_name(tmp_path: Path) -> None:
    for name in ("b.ndjson", "a.jsonl", "c.json", "d.JSON.gz", "notes.txt"):
        tmp_path.joinpath(name).touch()
    lone = tmp_path / "notes.txt"
    inside = [tmp_path / name for name in ("a.jsonl", "b.ndjson", "c.json", "d.JSON.gz")]
    assert data_files([str(lone), str(tmp_path)]) == [lone, *inside]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        data_files([str(tmp_path / "gone")])
    with pytest.raises(DataError, match=r"no \.ndjson, \.jsonl or \.json file in this folder"):
        data_files([str(tmp_path)])


def test_a_null_that_holds_the_place_of_a_primitive_is_no_mistake(tmp_path: Path) -> None:
    """R4 has nulls in lists of primitives, beside the list of their extensions: json.html#primitive."""
    name = [{"given": [None, "Ada"], "_given": [{"extension": [{"url": "http://x", "valueCode": "y"}]}, None]}]
    address = [{"line": ["1 A St"], "_line": [None]}, {"line": [None]}]
    given = patient("a", name=name, address=address, meta={"profile": [None, "http://p"]})
    (tmp_path / "a.ndjson").write_text(json.dumps(given))
    store = loaded(tmp_path)
    assert body(store, "Patient", "a") is not None
    store.close()
