"""``fixtures/population`` is what the generator makes; a difference is shown where it is, with how to renew them."""

from pathlib import Path

import pytest

from mock_athena.environments import PRODUCTION
from mock_athena.population.recipe import Recipe
from mock_athena.settings import Settings, fixtures_dir
from tests.mock_athena.population.golden import RENEW, difference, written

FOLDER = fixtures_dir() / "population"
RECIPE = Recipe(Settings().seed, PRODUCTION.practice, 25)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="there are no golden files in this checkout: make golden")
def test_the_golden_population_is_what_the_generator_makes() -> None:
    found = difference(FOLDER, written(RECIPE))
    assert not found, found


MADE = {"Patient.ndjson": b'{"id":"a"}\n{"id":"b"}\n', "Slot.ndjson": b'{"id":"s"}\n'}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    for name, body in MADE.items():
        (tmp_path / name).write_bytes(body)
    return tmp_path


def test_the_same_bytes_are_no_difference(kept: Path) -> None:
    assert difference(kept, MADE) == ""


def test_a_changed_line_is_named_with_both_of_its_versions(kept: Path) -> None:
    (kept / "Patient.ndjson").write_bytes(b'{"id":"a"}\n{"id":"c"}\n')
    first, was, now, renew = difference(kept, MADE).splitlines()
    assert first == f"{kept / 'Patient.ndjson'}:2: differs from byte 8 on"
    assert (was.strip(), now.strip()) == ('kept: {"id":"c"}', 'made: {"id":"b"}')
    assert renew == RENEW


@pytest.mark.parametrize("line", [b"", b'{"id":"a"}\n'])
def test_a_lost_line_is_named(kept: Path, line: bytes) -> None:
    (kept / "Patient.ndjson").write_bytes(line)
    assert f"Patient.ndjson:{line.count(b'}') + 1}: differs" in difference(kept, MADE)


def test_an_end_of_lines_that_git_changed_is_a_difference(kept: Path) -> None:
    (kept / "Slot.ndjson").write_bytes(b'{"id":"s"}\r\n')
    assert "Slot.ndjson:1: differs from byte 11" in difference(kept, MADE)


def test_a_file_too_many_and_one_too_few_are_named(kept: Path) -> None:
    (kept / "Ghost.ndjson").write_bytes(b"")
    assert "Ghost.ndjson: the generator makes no such file" in difference(kept, MADE)
    (kept / "Ghost.ndjson").unlink()
    (kept / "Slot.ndjson").unlink()
    assert "Slot.ndjson: is not there, but the generator makes it" in difference(kept, MADE)
