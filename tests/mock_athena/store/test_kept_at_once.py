"""Two emulators that start on one new file: the first fills it and has it, the other is refused."""

from pathlib import Path
from threading import Event, Thread

import pytest

from mock_athena.errors import DataError
from mock_athena.store import ResourceStore
from mock_athena.store.files import build, open_kept


def test_the_second_is_refused_before_it_touches_the_file(tmp_path: Path) -> None:
    path, filling, go_on = tmp_path / "kept.sqlite", Event(), Event()
    opened: list[ResourceStore] = []

    def slow(path: Path) -> None:
        filling.set()
        assert go_on.wait(20)
        build(path, [{"resourceType": "Patient", "id": "mine"}], 0)

    first = Thread(target=lambda: opened.append(open_kept(path, slow)))
    first.start()
    assert filling.wait(20)
    with pytest.raises(DataError, match="in use by another emulator"):
        open_kept(path)
    go_on.set()
    first.join()
    assert opened[0].snapshot().read("Patient", "mine") is not None
    opened[0].close()
