"""A population as files: the same bytes from one process or two, at once or after an interruption; whole or none."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from mock_athena.app import create_app
from mock_athena.errors import ConfigurationError
from mock_athena.population import files
from mock_athena.population.recipe import Recipe
from mock_athena.settings import Settings
from mock_athena.store import ResourceStore

RECIPE = Recipe(1, 500001, 5)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 2)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def expected() -> dict[str, bytes]:
    """What the recipe gives, by file."""
    lines: dict[str, bytes] = {}
    for made in RECIPE.resources():
        name = f"{made['resourceType']}.ndjson"
        lines[name] = lines.get(name, b"") + orjson.dumps(made) + b"\n"
    return lines


@pytest.mark.parametrize("jobs", [1, 2])
def test_any_number_of_processes_writes_the_same_bytes(tmp_path: Path, expected: dict[str, bytes], jobs: int) -> None:
    told: list[int] = []
    counts = files.write_population(tmp_path, RECIPE, jobs, database=False, told=told.append)
    assert content(tmp_path) == expected
    assert counts == {name: body.count(b"\n") for name, body in sorted(expected.items())}
    assert sorted(told) == [0, 1, 2, 2]


class _Stopped(Exception):
    """Stands for whatever ends a run."""


def stop_after(blocks: int) -> Callable[[int], None]:
    told: list[int] = []

    def tell(patients: int) -> None:
        told.append(patients)
        if len(told) == blocks:
            raise _Stopped

    return tell


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(tmp_path: Path, expected: dict[str, bytes]) -> None:
    with pytest.raises(_Stopped):
        files.write_population(tmp_path, RECIPE, database=False, told=stop_after(2))
    assert [path.name for path in tmp_path.iterdir()] == [".unfinished"]
    blocks = {path: path.stat().st_ino for path in (tmp_path / ".unfinished").glob("block-*")}
    assert [path.name for path in sorted(blocks)] == ["block-000000000", "block-000000001"]

    with pytest.raises(_Stopped):
        files.write_population(tmp_path, RECIPE, database=False, told=stop_after(3))
    assert {path: path.stat().st_ino for path in blocks} == blocks, "what was finished is not made again"

    files.write_population(tmp_path, RECIPE, database=False)
    assert content(tmp_path) == expected


def test_what_a_killed_process_had_begun_is_made_again(tmp_path: Path, expected: dict[str, bytes]) -> None:
    with pytest.raises(_Stopped):
        files.write_population(tmp_path, RECIPE, database=False, told=stop_after(1))
    for left in ("block-000000001.4711", "whole"):
        (tmp_path / ".unfinished" / left).mkdir()
        (tmp_path / ".unfinished" / left / "Patient.ndjson").write_bytes(b'{"resourceType":"Pat')
    files.write_population(tmp_path, RECIPE, database=False)
    assert content(tmp_path) == expected


def test_a_block_that_an_orphan_finished_meanwhile_is_taken(tmp_path: Path, expected: dict[str, bytes]) -> None:
    """A worker outlives its killed parent by a block, while the next run makes the same one."""
    unfinished = files._begun(tmp_path, RECIPE)
    for _ in range(2):
        assert files._make_block((unfinished, RECIPE, 1, 2)) == 2
    files.write_population(tmp_path, RECIPE, database=False)
    assert content(tmp_path) == expected


def test_files_that_are_there_stay_until_all_new_ones_are_complete(tmp_path: Path, expected: dict[str, bytes]) -> None:
    (tmp_path / "Patient.ndjson").write_bytes(b"old\n")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    with pytest.raises(_Stopped):
        files.write_population(tmp_path, RECIPE, database=False, told=stop_after(4))
    assert (tmp_path / "Patient.ndjson").read_bytes() == b"old\n"
    files.write_population(tmp_path, RECIPE, database=False)
    assert content(tmp_path) == {**expected, "notes.txt": b"mine"}


@pytest.mark.parametrize("other", [Recipe(2, 500001, 5), Recipe(1, 500001, 6), Recipe(1, 500001, 5, shape="athena")])
def test_an_unfinished_run_of_other_options_is_not_mixed_in(tmp_path: Path, other: Recipe) -> None:
    with pytest.raises(_Stopped):
        files.write_population(tmp_path, RECIPE, told=stop_after(1))
    with pytest.raises(ConfigurationError, match=r"holds an unfinished population of other options.*or delete"):
        files.write_population(tmp_path, other)


def test_a_generator_of_another_version_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(_Stopped):
        files.write_population(tmp_path, RECIPE, told=stop_after(1))
    monkeypatch.setattr(files, "GENERATOR_VERSION", "of tomorrow")
    with pytest.raises(ConfigurationError, match="unfinished"):
        files.write_population(tmp_path, RECIPE)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="file: cannot be written: "):
        files.write_population(tmp_path / "file", RECIPE)


def test_the_database_holds_what_the_files_hold_and_is_served(tmp_path: Path, expected: dict[str, bytes]) -> None:
    files.write_population(tmp_path, RECIPE)
    path = tmp_path / files.DATABASE
    store = ResourceStore.open(path)
    try:
        for name, body in expected.items():
            for line in body.splitlines():
                found = store.snapshot().read(name.removesuffix(".ndjson"), orjson.loads(line)["id"])
                assert found is not None
                assert found.body == line
    finally:
        store.close()

    app = create_app(Settings(db=str(path), cache_dir=str(tmp_path / "cache"), clock="manual"))
    try:
        held = app.world.environments["production"].store.snapshot().read("Patient", "a-500001.E-5")
        assert held is not None
        assert held.body == expected["Patient.ndjson"].splitlines()[4]
    finally:
        app.close()
