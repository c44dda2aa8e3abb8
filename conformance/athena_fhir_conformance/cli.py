"""The command ``athena-conformance``: judge a server by its URL, and the other words of the suite."""

import os
import sys
from importlib import import_module

import click

WORDS = {
    "client": "athena_fhir_conformance.client.cli:command",
    "infer-limits": "athena_fhir_conformance.limits.cli:command",
    "compare": "athena_fhir_conformance.reports.cli:compare",
    "coverage": "athena_fhir_conformance.reports.cli:coverage",
}
"""The first word of a command that is no URL → the click command that takes the rest, imported when asked for."""

_LIBRARIES = ("httpx", "jsonschema", "pytest")
"""Of the extra ``conformance``."""

_WENT_WRONG = 4  # among the exit codes of judge_command

_COMPLETE = "_ATHENA_CONFORMANCE_COMPLETE"


def main() -> None:
    """Entry point."""
    try:
        _main()
    except ModuleNotFoundError as error:
        if error.name not in _LIBRARIES:
            raise
        needed = "the suite needs it: pip install 'mock-athena[conformance]'"
        click.echo(f"athena-conformance: {error.name} is not installed; {needed}", err=True)
        sys.exit(_WENT_WRONG)


def _main() -> None:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if _COMPLETE in os.environ:
        _Everything().main(prog_name="athena-conformance")
    elif word in WORDS:
        command = _loaded(WORDS[word])
        command.main(sys.argv[2:], prog_name=f"athena-conformance {word}")
    else:
        from athena_fhir_conformance.judge_command import judge

        judge.main(prog_name="athena-conformance")


class _Everything(click.Group):
    """All words and the options of judging, for a shell that asks what may follow."""

    def __init__(self) -> None:
        from athena_fhir_conformance.judge_command import judge

        super().__init__(params=[each for each in judge.params if isinstance(each, click.Option)])

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        return _loaded(WORDS[cmd_name]) if cmd_name in WORDS else None


def _loaded(where: str) -> click.Command:
    module, _, name = where.partition(":")
    command: click.Command = getattr(import_module(module), name)
    return command
