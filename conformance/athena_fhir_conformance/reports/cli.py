"""``athena-conformance compare`` and ``athena-conformance coverage``."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from athena_fhir_conformance.reports.comparison import Difference, differences
from athena_fhir_conformance.reports.markdown import cell

SAME, DRIFT = 0, 1
"""Exit codes of ``compare``; 2 is click's, for a command that cannot be understood."""

_FILE = click.Path(exists=True, dir_okay=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("first", type=_FILE)
@click.argument("second", type=_FILE)
@click.option("--json", "json_file", type=click.Path(dir_okay=False), metavar="FILE", help="Write them as JSON.")
@click.option("--markdown", type=click.Path(dir_okay=False), metavar="FILE", help="Write them as Markdown.")
def compare(first: str, second: str, json_file: str | None, markdown: str | None) -> None:
    """What differs between two JSON reports: verdicts, statuses, headers, media types, limits.

    Exit code: 0 nothing differs, 1 something does, 2 a file cannot be read.
    """
    found = differences(_report(first), _report(second))
    if json_file:
        Path(json_file).write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n", encoding="utf-8")
    if markdown:
        Path(markdown).write_text(_table(found), encoding="utf-8")
    for kind, several in groupby(found, key=lambda each: each.kind):
        click.echo(f"{kind}:")
        for each in several:
            click.echo(f"  {each.what}\n    - {each.first}\n    + {each.second}")
    click.echo(f"{len(found)} difference{'' if len(found) == 1 else 's'}" if found else "Nothing differs.")
    sys.exit(DRIFT if found else SAME)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("reports", nargs=-1, type=_FILE)
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write it there; else it is printed.")
def coverage(reports: tuple[str, ...], out: str | None) -> None:
    """Which requirement has which check, and what came of it in the JSON REPORTS, one for each profile."""
    from athena_fhir_conformance.reports.coverage import page
    from athena_fhir_conformance.running import asked_of_clients, listed

    documents = [_report(file) for file in reports]
    text = page({**listed(), **asked_of_clients()}, {document["target"]["profile"]: document for document in documents})
    if out:
        Path(out).write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def _report(file: str) -> Mapping[str, Any]:
    try:
        document = json.loads(Path(file).read_text(encoding="utf-8"))
        if {"target", "checks", "exchanges"} <= document.keys():
            return dict(document)
    except (OSError, ValueError, AttributeError):
        pass
    raise click.UsageError(f"{file} is no JSON report of this suite (athena-conformance URL --json FILE)")


def _table(found: list[Difference]) -> str:
    rows = [f"| {each.kind} | {cell(each.what)} | {cell(each.first)} | {cell(each.second)} |" for each in found]
    return "\n".join(["| kind | what | first | second |", "|---|---|---|---|", *rows]) + "\n"
