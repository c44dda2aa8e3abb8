"""``docs/reference/settings.md``: every setting of the emulator, from the table in the code."""

from dataclasses import Field, fields
from typing import Any

from mock_athena.settings import Settings, environment_name
from tests.docs.reference.markdown import page, table

_KINDS = {bool: "", type(None): "", int: " N", float: " SECONDS", str: " NAME", tuple: " NAME"}


def settings_page() -> str:
    """The page."""
    return page(
        "Settings",
        "Options of `mock-athena serve`, environment variables, and fields of `mock_athena.Settings`. "
        "[How they work, and what is worth knowing](../settings.md).",
        table(("Option", "Environment variable", "Default", "What it does"), map(_row, fields(Settings))),
    )


def _row(knob: Field[Any]) -> tuple[str, ...]:
    return f"`{_option(knob)}`", f"`{environment_name(knob.name)}`", _default(knob.default), knob.metadata["help"]


def _option(knob: Field[Any]) -> str:
    metavar = knob.metadata["metavar"]
    return "--" + knob.name.replace("_", "-") + (f" {metavar}" if metavar else _KINDS[type(knob.default)])


def _default(value: object) -> str:
    if value is None:
        return "as the profile has it"
    return "none" if value in ("", ()) else f"`{str(value).lower() if isinstance(value, bool) else value}`"
