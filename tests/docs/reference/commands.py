"""``docs/reference/cli.md``: every command, from what its parser knows."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from importlib import import_module
from inspect import cleandoc
from textwrap import dedent
from unittest.mock import patch

import click

from athena_fhir_client.cli.context import shared_options
from athena_fhir_client.cli.exit_codes import ExitCode
from athena_fhir_client.cli.main import main as athena_fhir
from athena_fhir_conformance.cli import WORDS
from athena_fhir_conformance.judge_command import judge
from mock_athena.cli import commands as mock_athena
from mock_athena.settings import Settings
from tests.docs.reference.markdown import code, page, prose, table
from tests.docs.reference.source import module_of

_SETTINGS = {knob.name for knob in fields(Settings)}
_SHARED: dict[str, click.Option] = {
    each.name: each for each in reversed(vars(shared_options(lambda: None))["__click_params__"])
}
_LOAD = {
    "load": "make load",
    "report": "",
    "comparison": "",
    "simulate.__main__": "make simulate",
    "compare": "make bench-compare REV=…",
    "soak.__main__": "make soak",
    "peers.__main__": "make peers",
    "servers": "",
}
"""Module of ``athena_fhir_load`` → target of make."""


def commands_page() -> str:
    """The page."""
    suite = [(f"athena-conformance {word}", _loaded(where)) for word, where in WORDS.items()]
    return page(
        "Commands",
        "Four programs. Each has `--help`, which says the same.",
        table(
            ("Program", "For"),
            (
                ("[`mock-athena`](#mock-athena)", "the emulator"),
                ("[`athena-fhir`](#athena-fhir)", "the reference client"),
                ("[`athena-conformance`](#athena-conformance)", "judging servers and clients"),
                ("[`python -m athena_fhir_load…`](#load)", "load, simulation, benchmarks; in a checkout"),
            ),
        ),
        "## mock-athena",
        *_group("mock-athena", mock_athena),
        "## athena-fhir",
        *_group("athena-fhir", athena_fhir),
        "### Options that commands share",
        _options(_SHARED.values(), click.Context(athena_fhir)),
        "### Exit codes of athena-fhir",
        _exit_codes(),
        "## athena-conformance",
        *_command("athena-conformance", judge),
        *(part for name, command in suite for part in _command(name, command)),
        "## Load",
        *(part for module, target in _LOAD.items() for part in _argparse(target, module)),
    )


def _loaded(where: str) -> click.Command:
    module, _, name = where.partition(":")
    command: click.Command = getattr(import_module(module), name)
    return command


def _group(name: str, group: click.Group) -> Iterator[str]:
    """A group's own text, and its commands."""
    context = click.Context(group, info_name=name)
    yield _help(group.help)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command, each
        if isinstance(command, click.Group):
            yield f"### {name} {each}"
            yield from _group(f"{name} {each}", command)
        else:
            yield from _command(f"{name} {each}", command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, auto_envvar_prefix=command.context_settings.get("auto_envvar_prefix")
    )
    yield f"### {name}"
    yield f"```\n{name} {' '.join(command.collect_usage_pieces(context))}\n```"
    yield _help(command.help)
    options = [
        each for each in command.get_params(context) if isinstance(each, click.Option) and "--help" not in each.opts
    ]
    if {each.name for each in options} >= _SETTINGS:
        yield "Takes every [setting](settings.md) as an option."
        options = [each for each in options if each.name not in _SETTINGS]
    if _SHARED.keys() <= {each.name for each in options}:
        yield "Takes the [shared options](#options-that-commands-share)."
        options = [each for each in options if each.name not in _SHARED]
    if options:
        yield _options(options, context)
    yield _help(command.epilog)


def _help(text: str | None) -> str:
    """A text of click's; what it must not wrap, a paragraph after a backspace, is code."""
    paragraphs = cleandoc(text or "").split("\n\n")
    return "\n\n".join(
        "```\n" + dedent(each.removeprefix("\b\n")) + "\n```" if each.startswith("\b") else prose(each)
        for each in paragraphs
    )


def _options(options: Iterable[click.Option], context: click.Context) -> str:
    return table(("Option", "Default", "What it does"), (_option(each, context) for each in options))


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    written, _ = option.get_help_record(context) or (", ".join(option.opts), "")
    variable = _variable(option, context)
    told = (option.help or "") + (f" Variable: `{variable}`." if variable else "")
    return code(written), "required" if option.required else code(_default(option)), told


def _variable(option: click.Option, context: click.Context) -> str:
    if option.envvar:
        return option.envvar if isinstance(option.envvar, str) else option.envvar[0]
    if context.auto_envvar_prefix and option.name:
        return f"{context.auto_envvar_prefix}_{option.name.upper()}"
    return ""


def _default(option: click.Option) -> str:
    value = option.default
    if isinstance(option.show_default, str):
        return option.show_default
    if value in (None, "", (), False) or callable(value) or not option.show_default:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _exit_codes() -> str:
    means = {
        name: member.docstring.value
        for name, member in module_of(ExitCode).classes["ExitCode"].attributes.items()
        if member.docstring
    }
    return table(("Code", "When"), ((str(each.value), means[each.name]) for each in ExitCode))


def _argparse(target: str, module: str) -> Iterator[str]:
    parser = _parser_of(import_module(f"athena_fhir_load.{module}").main)
    yield f"### {parser.prog}"
    given = [each for each in parser._actions if not each.option_strings]
    names = [f"[{_name(each)}]…" if each.nargs == "*" else _name(each) for each in given]
    usage = " ".join((parser.prog, "[OPTIONS]", *names))
    yield (f"`{target}`; options go into `ARGS`.\n\n" if target else "") + f"```\n{usage}\n```"
    yield prose(cleandoc(parser.description or ""))
    yield table(("Option", "Default", "What it does"), map(_argument, parser._actions[1:]))
    yield prose(parser.epilog or "")


class _Parsing(Exception):
    """Somebody was about to parse."""


def _parser_of(main: Callable[[list[str]], int]) -> argparse.ArgumentParser:
    """The parser of a command that makes it where it starts."""
    with (
        patch.object(argparse.ArgumentParser, "parse_known_args", autospec=True, side_effect=_Parsing) as parse,
        suppress(_Parsing),
    ):
        main([])
    found: argparse.ArgumentParser = parse.call_args.args[0]
    return found


def _argument(action: argparse.Action) -> tuple[str, str, str]:
    written = ", ".join(action.option_strings) or _name(action)
    if action.option_strings and action.nargs != 0:
        written += f" {_name(action)}"
    told = (action.help or "") % {"default": action.default}
    shown = action.option_strings and action.default not in (None, "", False) and "default" not in told
    default = "required" if action.option_strings and action.required else code(str(action.default)) if shown else ""
    return code(written), default, told


def _name(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())
