"""Bad resources are all told at once, and nothing is loaded; or they are left out and counted."""

import json
import logging
from pathlib import Path

import pytest

from mock_athena.errors import DataError
from tests.mock_athena.store.conftest import ids, patient
from tests.mock_athena.store.loaded import loaded


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_every_bad_line_of_every_file_is_told_and_nothing_is_loaded(tmp_path: Path) -> None:
    write(tmp_path / "a.ndjson", patient("1"), "{", patient("b b"))
    write(tmp_path / "b.ndjson", patient("1"), patient("2"))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(DataError) as refused:
        loaded(tmp_path)
    lines = str(refused.value).splitlines()
    assert lines[0].startswith(f"{tmp_path / 'a.ndjson'}:2: not JSON")
    assert lines[1].startswith(f"{tmp_path / 'a.ndjson'}:3: Patient with id 'b b'")
    assert lines[2].startswith(f"{tmp_path / 'b.ndjson'}:1: Patient/1 comes twice")
    assert lines[2].endswith(f"; the first is at {tmp_path / 'a.ndjson'}:1")
    assert lines[3:] == ["3 of 5 resources cannot be loaded, so none was: mend them, or load the rest with --skip-bad"]


def test_of_many_the_first_are_told_and_how_many_more(tmp_path: Path) -> None:
    write(tmp_path / "a.ndjson", *["{"] * 1000)
    with pytest.raises(DataError) as refused:
        loaded(tmp_path)
    lines = str(refused.value).splitlines()
    assert len(lines) == 22
    assert lines[20] == "and 980 more"


def test_types_that_are_not_served_are_counted_by_type(tmp_path: Path) -> None:
    claims = [{"resourceType": "Claim", "id": str(number)} for number in range(50)]
    write(tmp_path / "a.ndjson", *claims, {"resourceType": "ImagingStudy", "id": "x"})
    with pytest.raises(DataError) as refused:
        loaded(tmp_path)
    first, second, _ = str(refused.value).splitlines()
    assert "a.ndjson:1: resourceType 'Claim' is not served here (50 of them, this the first)" in first
    assert "a.ndjson:51: resourceType 'ImagingStudy' is not served here; expected one of AllergyIntolerance" in second


def test_the_rest_is_loaded_if_asked_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "a.ndjson", patient("1"), "{", {"resourceType": "Claim", "id": "c"}, patient("1"), patient("2"))
    with caplog.at_level(logging.WARNING, "mock_athena"):
        store = loaded(tmp_path, skip_bad=True)
    assert ids(store.snapshot(), "Patient") == ["1", "2"]
    store.close()
    assert caplog.messages[-1] == "3 of 5 resources were skipped"
    assert [message.split(": ")[1].rpartition(":")[2] for message in caplog.messages[:-1]] == ["2", "4", "3"]
