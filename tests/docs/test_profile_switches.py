"""``docs/fidelity.md`` has a row for every switch of the profiles, and for nothing else."""

import re
from dataclasses import fields
from pathlib import Path

from mock_athena.profiles import ATHENA, MISSION, Profile

PAGE = (Path(__file__).parents[2] / "docs" / "fidelity.md").read_text(encoding="utf-8")


def test_every_switch_has_a_row_in_the_order_of_the_code() -> None:
    section = PAGE.partition("## The switches of the profiles")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert rows == [switch.name for switch in fields(Profile) if switch.name != "name"]


def test_every_switch_tells_the_profiles_apart() -> None:
    same = [switch.name for switch in fields(Profile) if getattr(MISSION, switch.name) == getattr(ATHENA, switch.name)]
    assert same == []
