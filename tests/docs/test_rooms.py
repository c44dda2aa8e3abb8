"""``docs/rooms.md`` has the floors that import-linter holds, and a row for every module and package of the emulator."""

import re
import tomllib

from tests.docs.blocks import ROOT

PAGE = (ROOT / "docs" / "rooms.md").read_text(encoding="utf-8")


def test_the_floors_are_those_of_the_linter() -> None:
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = linted["contracts"][0]["layers"]
    drawn = PAGE.partition("```\n")[2].partition("```")[0].splitlines()
    floors = [re.split(r" · ", re.split(r" {2,}", line)[0].strip()) for line in drawn]
    assert [set(floor) for floor in floors] == [{_bare(name) for name in layer.split(" | ")} for layer in layers]


def test_every_module_and_package_has_a_row() -> None:
    rows = re.findall(r"(?m)^\| (`.+?`) \|", PAGE)
    told = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}
    there = {
        path.stem
        for path in (ROOT / "mock_athena").iterdir()
        if not path.stem.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert there - told == set()
    assert {name.partition(".")[0] for name in told} - there == set()


def _bare(name: str) -> str:
    return name.strip().removeprefix("mock_athena.")
