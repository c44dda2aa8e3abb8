"""``docs/settings.md`` has one row for each setting, with its option, variable, default and help text."""

import re
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from mock_athena.settings import Settings, environment_name

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_table_has_exactly_the_rows_that_the_settings_make() -> None:
    written = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| `--", line)]
    made = [_row(knob) for knob in fields(Settings)]
    assert written == made, "docs/settings.md is out of date; its rows should be:\n" + "\n".join(made)


def _row(knob: Field[Any]) -> str:
    help_text = knob.metadata["help"].replace("|", r"\|")
    return f"| `{_option(knob)}` | `{environment_name(knob.name)}` | {_default(knob.default)} | {help_text} |"


def _option(knob: Field[Any]) -> str:
    name = "--" + knob.name.replace("_", "-")
    kinds = {bool: "", type(None): "", int: " N", float: " SECONDS", str: " NAME", tuple: " NAME"}
    metavar = knob.metadata["metavar"]
    return name + (f" {metavar}" if metavar else kinds[type(knob.default)])


def _default(value: object) -> str:
    if value is None:
        return "as the profile has it"
    return "none" if value in ("", ()) else f"`{str(value).lower() if isinstance(value, bool) else value}`"
