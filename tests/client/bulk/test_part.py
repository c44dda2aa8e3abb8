"""What comes is on the disk before it has its name, and an error of the disk is told."""

import errno
import gzip
import os
from pathlib import Path

import pytest

from athena_fhir_client.bulk import part as module
from athena_fhir_client.bulk.part import Part
from athena_fhir_client.bulk.state import FileState

LINE = b'{"resourceType":"Patient","id":"%07d","text":"' + b"x" * 950 + b'"}\n'
NAME = "patients.ndjson"


@pytest.fixture(autouse=True)
def synced_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FLUSH", 1 << 20)


def begun(folder: Path, encoding: str = "") -> Part:
    part = Part(folder, FileState(NAME, "output", "Patient", "http://localhost/1"), "stop")
    part.restart('"one"', encoding)
    return part


def filled(part: Part, megabytes: int) -> bytes:
    lines = b"".join(LINE % number for number in range(megabytes << 10))
    data = gzip.compress(lines, 1) if part._file.encoding else lines
    for at in range(0, len(data), 1 << 18):
        part.write(data[at : at + (1 << 18)])
    return lines


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_disk_begins_while_more_comes_and_has_all_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size))
    part = begun(tmp_path, encoding)
    lines = filled(part, 2)
    assert part.end() == []
    part.publish()
    *sizes, _ = synced  # that of the folder comes last
    assert len(sizes) >= 2
    assert min(sizes) >= 1 << 20, "of the file that gets the name, not of what was sent"
    assert max(sizes) == len(lines)
    assert (tmp_path / NAME).read_bytes() == lines
    assert os.listdir(tmp_path) == [NAME]


def test_an_error_that_the_disk_told_once_leaves_no_file_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = [OSError(errno.EIO, "Input/output error")]

    def fsync(_: int) -> None:
        if errors:
            raise errors.pop()

    monkeypatch.setattr(os, "fsync", fsync)
    part = begun(tmp_path)
    filled(part, 2)
    assert part.end() == []
    with pytest.raises(OSError, match="Input/output error"):
        part.publish()
    part.close()
    assert not (tmp_path / NAME).exists()


def test_a_disk_that_takes_less_than_all_gets_the_rest(tmp_path: Path) -> None:
    part = begun(tmp_path)
    whole = part._sent

    class Reluctant:
        name = whole.name

        def __getattr__(self, name: str) -> object:
            return getattr(whole, name)

        def write(self, data: memoryview) -> int:
            return whole.write(data[:100_001])

    part._sent = Reluctant()  # type: ignore[assignment]
    lines = filled(part, 1)
    assert part.end() == []
    part.publish()
    assert (tmp_path / NAME).read_bytes() == lines
