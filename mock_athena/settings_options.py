"""The settings as options of a command."""

from collections.abc import Callable
from dataclasses import Field, fields
from typing import Any

import click

from mock_athena.settings import Settings, environment_name

Command = Callable[..., None]


def settings_options(command: Command) -> Command:
    """One option for each setting, in the order of the table."""
    for knob in reversed(fields(Settings)):
        command = _option(knob)(command)
    return command


def _option(knob: Field[Any]) -> Callable[[Command], Command]:
    name = "--" + knob.name.replace("_", "-")
    default = f" [default: {knob.default}]" if knob.default not in ("", (), False, None) else ""
    teaches = f"{knob.metadata['help']}{default} [env: {environment_name(knob.name)}]"
    metavar = knob.metadata["metavar"]

    def complete(*asked: Any) -> list[Any]:
        from mock_athena.completion import completing

        return completing(knob.name, metavar)(*asked)

    # Defaults come from Settings, so that the environment can stand between them and the command line.
    match knob.default:
        case bool() | None:
            return click.option(f"{name}/--no-{name[2:]}", knob.name, default=None, help=teaches)
        case int():
            return click.option(name, knob.name, type=int, help=teaches, metavar=metavar or "N")
        case float():
            return click.option(name, knob.name, type=float, help=teaches, metavar=metavar or "SECONDS")
        case tuple():
            return click.option(name, knob.name, multiple=True, help=teaches, metavar=metavar, shell_complete=complete)
        case _:
            return click.option(name, knob.name, help=teaches, metavar=metavar or "NAME", shell_complete=complete)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Those options that somebody gave."""
    return {name: value for name, value in options.items() if value is not None and value != ()}
