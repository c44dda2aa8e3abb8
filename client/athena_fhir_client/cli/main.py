"""``athena-fhir``: the frame.

Commands are a table, name → module and object; a module is imported when its command is called, so that ``--help`` and
completion are quick. Errors of the tree become one line and an exit code here, and nowhere else.
"""

import importlib
import os
import sqlite3
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import click

from athena_fhir_client.cli.exit_codes import ExitCode, exit_code
from athena_fhir_client.errors import AthenaError, StatusError
from athena_fhir_client.texts import json_text, printable

_HERE = "athena_fhir_client.cli"

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "login": (f"{_HERE}.login", "login", "Sign in, or get a token for a service, and keep it."),
    "read": (f"{_HERE}.read", "read", "Read one resource."),
    "search": (f"{_HERE}.search", "search", "Search, over all pages."),
    "capabilities": (f"{_HERE}.capabilities", "capabilities", "What the server offers."),
    "export": (f"{_HERE}.export", "export", "Export in bulk into a folder; go on where it stopped."),
    "sync": (f"{_HERE}.sync", "sync", "Keep a local copy up to date."),
    "gateway": (f"{_HERE}.gateway", "gateway", "Run the integration service over HTTP."),
    "bench": (f"{_HERE}.bench", "bench", "Measure how long which way of asking takes."),
}
"""Name → module, attribute, and the line of the list of commands."""


class Commands(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """One of them, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The list, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command; an error becomes a line and an exit code."""
        extra["standalone_mode"] = False
        try:
            told = super().main(*args, **extra)
            sys.exit(told if isinstance(told, int) else ExitCode.DONE)
        except click.ClickException as error:
            error.show()
            sys.exit(ExitCode.USAGE)
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            sys.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:  # whoever read our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(ExitCode.DONE)
        except AthenaError as error:
            _tell(error)
            sys.exit(exit_code(error))
        except (OSError, sqlite3.Error) as error:  # a folder, a disk, a file that is none of ours
            _tell(AthenaError(f"{type(error).__name__}: {error}"))
            sys.exit(ExitCode.FAILED)


def _tell(error: AthenaError) -> None:
    wanted = sys.argv[1:]
    if "--explain" in wanted:
        from athena_fhir_client.cli.explain import explanation

        lines = explanation(error)
    else:
        lines = []
    if "--json" in wanted:
        status = error.status if isinstance(error, StatusError) else None
        told = {"error": type(error).__name__, "message": str(error), "status": status, "explained": lines}
        click.echo(json_text(told), err=True)
        return
    click.echo(f"athena-fhir: {printable(str(error))}", err=True)
    for line in lines:
        click.echo(f"  {printable(line)}", err=True)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mock-athena", prog_name="athena-fhir")
def main() -> None:
    """Talk to athenahealth's FHIR API, or to an emulator of it, as fast as its limits allow.

    Who you are and where comes from options or from ATHENAHEALTH_CLIENT_ID, ATHENAHEALTH_CLIENT_SECRET and
    ATHENAHEALTH_FHIR_ENDPOINT. DEBUG=athenahealth:* shows what happens, without anybody's data.

    Completion: eval "$(_ATHENA_FHIR_COMPLETE=bash_source athena-fhir)", or zsh_source, fish_source.
    """
